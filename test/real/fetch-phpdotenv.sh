#!/usr/bin/env bash
# Puts phpdotenv 5.6 from the Debian release after this machine's into .cache/phpdotenv, without installing it.
# The mirror is the one that apt is set up with.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$PWD/.cache/phpdotenv"
[ -s "$target/version" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian')
mirror=${mirrors%%$'\n'*}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
printf 'deb [signed-by=%s] %s trixie main\n' "$keyring" "$mirror" >"$work/sources.list"
options=(-qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update
(cd "$work" && apt-get "${options[@]}" download php-vlucas-phpdotenv)
rm -rf "$target"
mkdir -p "$target"
dpkg-deb -x "$work"/php-vlucas-phpdotenv_*.deb "$target"
dpkg-deb -f "$work"/php-vlucas-phpdotenv_*.deb Version | sed 's/-[^-]*$//' | tr -d '\n' >"$target/version"
