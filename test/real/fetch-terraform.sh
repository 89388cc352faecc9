#!/usr/bin/env bash
# Builds OpenTofu from its Go module (test/real/terraform/build), with a provider for AWS that has a schema and no
# resources, and puts them into .cache/terraform, with the bindings that the schema is read from. Finished programs are
# kept for the machine's other clones in a folder named by everything that they are made of.
set -euo pipefail
cd "$(dirname "$0")/../.."
module=test/real/terraform/build
target="$PWD/.cache/terraform"
bindings=21.22.1
export CGO_ENABLED=0

version=$(sed -n 's/^\tgithub.com\/opentofu\/opentofu \(v[0-9.]*\).*/\1/p' "$module/go.mod")
made_of=$({ cat "$module/go.mod" "$module/go.sum" "$module/provider/main.go" "$0" && go version; } | sha256sum)
name="$version-${made_of:0:12}"
[[ "$(cat "$target/version" 2>/dev/null)" == "$name" ]] && exit 0

# Whatever stops it half way leaves no folder under the final name.
build_into() {
  local work
  mkdir -p "$(dirname "$1")"
  work=$(mktemp -d "$1.XXXXXX")
  # shellcheck disable=SC2064 # The folder's name of now is meant.
  trap "rm -rf '$work'" EXIT
  go -C "$module" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w" -o "$work/tofu" github.com/opentofu/opentofu/cmd/tofu
  go -C "$module" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w" -o "$work/terraform-provider-aws" ./provider
  fetch_bindings "$work"
  printf %s "$name" >"$work/version"
  chmod 755 "$work"
  [[ -e "$1" ]] || mv "$work" "$1"
}

# The parts of npm's @cdktf/provider-aws, which are made from the schema of the provider hashicorp/aws.
fetch_bindings() {
  local archive
  archive=$(npm pack --silent --pack-destination "$1" "@cdktf/provider-aws@$bindings")
  tar -xzf "$1/$archive" -C "$1" --wildcards 'package/lib/*/index.js' 'package/lib/*/index.d.ts' \
    --exclude 'package/lib/data-aws-*' --exclude 'package/lib/*/*/*'
  mkdir "$1/bindings"
  for part in provider kms-key kms-alias iam-role iam-role-policy iam-policy cloudwatch-log-group codebuild-project \
    ecr-repository eks-pod-identity-association eks-access-entry; do
    mv "$1/package/lib/$part" "$1/bindings/"
  done
  rm -rf "$1/package" "${1:?}/$archive"
}

kept="${XDG_CACHE_HOME:-$HOME/.cache}/envseal/terraform-$name"
[[ -s "$kept/version" ]] || build_into "$kept"
rm -rf "$target"
mkdir -p "$(dirname "$target")"
cp -rl "$kept" "$target" 2>/dev/null || { rm -rf "$target" && cp -r "$kept" "$target"; }
