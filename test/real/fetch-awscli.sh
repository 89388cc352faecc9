#!/usr/bin/env bash
# Puts AWS's command line into .cache/awscli, from PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=1.46.3
target=.cache/awscli

if [[ "$(cat "$target/version" 2>/dev/null)" == "$version" ]]; then exit 0; fi
rm -rf "$target"
python3 -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check "awscli==$version"
echo "$version" > "$target/version"
