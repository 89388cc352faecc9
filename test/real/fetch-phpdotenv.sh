#!/usr/bin/env bash
# Puts phpdotenv 5.6 from the Debian release after this machine's into .cache/phpdotenv, without installing it.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$PWD/.cache/phpdotenv"
[ -s "$target/version" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
test/real/next-debian.sh "$work" php-vlucas-phpdotenv
rm -rf "$target"
mkdir -p "$target"
dpkg-deb -x "$work"/php-vlucas-phpdotenv_*.deb "$target"
dpkg-deb -f "$work"/php-vlucas-phpdotenv_*.deb Version | sed 's/-[^-]*$//' | tr -d '\n' >"$target/version"
