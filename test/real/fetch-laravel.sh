#!/usr/bin/env bash
# Puts Laravel 10 and the PHP that it needs, from the Debian release after this machine's, into .cache/laravel, for this
# machine's own php.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$PWD/.cache/laravel"
[ -s "$target/version" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
test/real/next-debian.sh --with-needed "$work" php-laravel-framework
rm -rf "$target"
mkdir -p "$target"
for package in "$work"/php-*_all.deb; do dpkg-deb -x "$package" "$target"; done
# Debian's loaders name their files where they are installed.
find "$target/usr/share/php" -name 'autoload*.php' -exec sed -i "s|'/usr/share/php/|'|g" {} +
dpkg-deb -f "$work"/php-laravel-framework_*.deb Version | sed 's/+.*$//' | tr -d '\n' >"$target/version"
