#!/usr/bin/env bash
# Builds the control plane of Kubernetes, the kubelet, kubectl, etcd and kwok from their Go modules
# (test/real/cluster/build) and puts them into .cache/kubernetes. Finished programs are kept for the machine's other
# clones in a folder named by everything that they are made of, for the first build takes minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
module=test/real/cluster/build
target="$PWD/.cache/kubernetes"
export CGO_ENABLED=0
programs=(k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubectl,kubelet}
  go.etcd.io/etcd/server/v3 sigs.k8s.io/kwok/cmd/kwok)

version=$(sed -n 's/^\tk8s.io\/kubernetes \(v[0-9.]*\).*/\1/p' "$module/go.mod")
made_of=$({ cat "$module/go.mod" "$module/go.sum" "$0" && go version; } | sha256sum)
name="$version-${made_of:0:12}"
[[ "$(cat "$target/version" 2>/dev/null)" == "$name" ]] && exit 0

# The flags that say to users which version they run, as Kubernetes' own build sets them.
version_flags() {
  local minor=${version#v*.} package
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.%s ' "$package" "gitVersion=$version" "$package" "gitMajor=1" \
      "$package" "gitMinor=${minor%.*}" "$package" "gitTreeState=clean"
  done
}

# Whatever stops it half way leaves no folder under the final name.
build_into() {
  local work
  mkdir -p "$(dirname "$1")"
  work=$(mktemp -d "$1.XXXXXX")
  # shellcheck disable=SC2064 # The folder's name of now is meant.
  trap "rm -rf '$work'" EXIT
  go -C "$module" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w $(version_flags)" -o "$work/" "${programs[@]}"
  # etcd is called after the last part of its module's path.
  mv "$work/server" "$work/etcd"
  printf %s "$name" >"$work/version"
  chmod 755 "$work"
  [[ -e "$1" ]] || mv "$work" "$1"
}

kept="${XDG_CACHE_HOME:-$HOME/.cache}/envseal/kubernetes-$name"
[[ -s "$kept/version" ]] || build_into "$kept"
rm -rf "$target"
mkdir -p "$(dirname "$target")"
cp -rl "$kept" "$target" 2>/dev/null || { rm -rf "$target" && cp -r "$kept" "$target"; }
