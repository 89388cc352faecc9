#!/usr/bin/env bash
# Downloads packages of the Debian release after this machine's into a folder, without installing them. The mirror
# is the one that apt is set up with.
# usage: next-debian.sh [--release NAME] [--with-needed] FOLDER PACKAGE…, with :arm64 after a package's name for that
# processor; --with-needed also downloads all that they need, as for a machine that has nothing; --release takes another
# release than the next
set -euo pipefail
release=trixie
if [ "$1" = --release ]; then
  release=$2
  shift 2
fi
needed=false
if [ "$1" = --with-needed ]; then
  needed=true
  shift
fi
folder=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
# shellcheck disable=SC2016 # apt fills it in
mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian')
mirror=${mirrors%%$'\n'*}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$release" >"$work/sources.list"
options=(-qq -o APT::Architectures::=amd64 -o APT::Architectures::=arm64
  -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
apt-get "${options[@]}" update
if $needed; then
  : >"$work/status"
  options+=(-y -o Dir::State::status="$work/status" -o Debug::NoLocking=1)
  apt-get "${options[@]}" --no-install-recommends --download-only install "$@" >/dev/null
  mv "$work"/cache/archives/*.deb "$folder"
else
  (cd "$folder" && apt-get "${options[@]}" download "$@")
fi
