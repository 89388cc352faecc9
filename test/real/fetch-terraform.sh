#!/usr/bin/env bash
# Builds OpenTofu from its Go module (test/real/terraform/build), with a provider for AWS that has a schema and no
# resources, and puts them into .cache/terraform, with the bindings that the schema is read from.
set -euo pipefail
cd "$(dirname "$0")/../.."
source test/real/kept.sh
module=test/real/terraform/build
bindings=21.22.1
export CGO_ENABLED=0

build_into() {
  go -C "$module" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w" -o "$1/tofu" github.com/opentofu/opentofu/cmd/tofu
  go -C "$module" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w" -o "$1/terraform-provider-aws" ./provider
  fetch_bindings "$1"
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

place_part terraform "$(required $module/go.mod github.com/opentofu/opentofu)" \
  "$module"/go.{mod,sum} "$module/provider/main.go" "test/real/${0##*/}"
