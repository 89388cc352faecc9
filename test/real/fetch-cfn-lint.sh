#!/usr/bin/env bash
# Puts cfn-lint, which checks templates of CloudFormation by the schemas of the resources, into .cache/cfn-lint, from
# PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=1.58.0
target=.cache/cfn-lint

if [[ "$(cat "$target/version" 2>/dev/null)" == "$version" ]]; then exit 0; fi
rm -rf "$target"
python3 -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check "cfn-lint==$version"
echo "$version" > "$target/version"
