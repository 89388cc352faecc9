#!/usr/bin/env bash
# Puts Deno into .cache/deno, from npm, as test/real/deno pins it.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$PWD/.cache/deno"
pinned="$PWD/test/real/deno"
cmp -s "$pinned/package-lock.json" "$target/version" && exit 0
rm -rf "$target"
mkdir -p "$target"
cp "$pinned/package.json" "$pinned/package-lock.json" "$target"
npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund
cp "$pinned/package-lock.json" "$target/version"
