#!/usr/bin/env bash
# Puts PHP 8.3, 8.4 and 8.5 as WebAssembly into .cache/php-wasm, from npm, as test/real/php-wasm pins them.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$PWD/.cache/php-wasm"
pinned="$PWD/test/real/php-wasm"
cmp -s "$pinned/package-lock.json" "$target/version" && exit 0
rm -rf "$target"
mkdir -p "$target"
cp "$pinned/package.json" "$pinned/package-lock.json" "$target"
# These packages want Node 24, which the repository brings.
PATH="$PWD/node_modules/.bin:$PATH" npm ci --prefix "$target" --ignore-scripts --no-audit --no-fund
cp "$pinned/package-lock.json" "$target/version"
