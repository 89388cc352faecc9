#!/usr/bin/env bash
# Builds the control plane of Kubernetes, the kubelet, kubectl, etcd and kwok from their Go modules
# (test/real/cluster/build) and puts them into .cache/kubernetes.
set -euo pipefail
cd "$(dirname "$0")/../.."
source test/real/kept.sh
module=test/real/cluster/build
export CGO_ENABLED=0
programs=(k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubectl,kubelet}
  go.etcd.io/etcd/server/v3 sigs.k8s.io/kwok/cmd/kwok)
version=$(required "$module/go.mod" k8s.io/kubernetes)

# The flags that say to users which version they run, as Kubernetes' own build sets them.
version_flags() {
  local minor=${version#v*.} package
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.%s ' "$package" "gitVersion=$version" "$package" "gitMajor=1" \
      "$package" "gitMinor=${minor%.*}" "$package" "gitTreeState=clean"
  done
}

build_into() {
  go -C "$module" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w $(version_flags)" -o "$1/" "${programs[@]}"
  # etcd is called after the last part of its module's path.
  mv "$1/server" "$1/etcd"
}

place_part kubernetes "$version" "$module"/go.{mod,sum} "test/real/${0##*/}"
