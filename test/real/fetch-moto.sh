#!/usr/bin/env bash
# Puts moto, a double of AWS in Python, into .cache/moto, from PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=5.2.5
target=.cache/moto

if [[ "$(cat "$target/version" 2>/dev/null)" == "$version" ]]; then exit 0; fi
rm -rf "$target"
python3 -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check "moto[server,kms,secretsmanager]==$version"
echo "$version" > "$target/version"
