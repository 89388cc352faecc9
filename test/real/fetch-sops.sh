#!/usr/bin/env bash
# Builds sops from its Go module (test/real/sops) and puts it into .cache/sops.
set -euo pipefail
cd "$(dirname "$0")/../.."
source test/real/kept.sh
module=test/real/sops
export CGO_ENABLED=0

build_into() {
  go -C "$module" build -p 2 -buildvcs=false -trimpath -ldflags "-s -w" -o "$1/sops" github.com/getsops/sops/v3/cmd/sops
}

place_part sops "$(required $module/go.mod github.com/getsops/sops/v3)" "$module"/go.{mod,sum} "test/real/${0##*/}"
