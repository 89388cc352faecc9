#!/usr/bin/env bash
# Puts Sigstore's command line, which verifies provenance, into .cache/sigstore, from PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=4.5.1
target=.cache/sigstore

if [[ "$(cat "$target/version" 2>/dev/null)" == "$version" ]]; then exit 0; fi
rm -rf "$target"
python3 -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check "sigstore==$version"
echo "$version" > "$target/version"
