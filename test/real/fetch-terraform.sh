#!/usr/bin/env bash
# Builds OpenTofu from its Go module (test/real/terraform/build), with a provider for AWS that has a schema and no
# resources, and puts them into .cache/terraform, with the bindings that the schema is read from. It cannot keep state or
# keys in a cloud, nor fetch modules from one: nothing here does, and the SDKs for it are half of what would be compiled.
set -euo pipefail
cd "$(dirname "$0")/../.."
source test/real/kept.sh
module=test/real/terraform/build
bindings=21.22.1
export CGO_ENABLED=0

build_into() {
  cp -r "$module" "$1/source"
  without_clouds "$1/source"
  build "$1" tofu github.com/opentofu/opentofu/cmd/tofu
  build "$1" terraform-provider-aws ./provider
  rm -rf "$1/source"
  fetch_bindings "$1"
}

build() {
  go -C "$1/source" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w" -o "$1/$2" "$3"
}

# Takes from copies of two modules the parts that need a cloud's SDK.
without_clouds() {
  replace_by_copy "$1" github.com/opentofu/opentofu opentofu
  replace_by_copy "$1" github.com/hashicorp/go-getter getter
  sed -Ei '/remote-state\/(azure|consul|cos|gcs|kubernetes|oss|pg|s3)"/d; /backend(Azure|Consul|Cos|GCS|Kubernetes|OSS|Pg|S3)\.New/d' \
    "$1/opentofu/internal/backend/init/init.go"
  sed -Ei '/keyprovider\/(aws_kms|azure_vault|gcp_kms|openbao)"/d; /(aws_kms|azure_vault|gcp_kms|openbao)\.New/,+2d' \
    "$1/opentofu/internal/encryption/default_registry.go"
  rm "$1"/getter/{get,detect}_{s3,gcs}.go
  sed -Ei '/new\((getter\.)?(S3|GCS)(Getter|Detector)\)/d' \
    "$1"/getter/{get,detect}.go "$1/opentofu/internal/getmodules/getter.go"
}

# Lets a module of Go take another one from a copy of it in its folder, which may be written to.
replace_by_copy() {
  go -C "$1" mod download "$2"
  cp -r "$(go -C "$1" list -m -f '{{.Dir}}' "$2")" "$1/$3"
  chmod -R u+w "$1/$3"
  go -C "$1" mod edit -replace "$2=./$3"
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
