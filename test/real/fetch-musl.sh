#!/usr/bin/env bash
# Makes .cache/musl, a root folder with musl as its only C library, as Alpine has: musl 1.2.5 from the Debian release
# after this machine's, the C++ library for musl from a wheel of PyPI that brings it, and Debian's static busybox.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$PWD/.cache/musl"
[ -s "$target/version" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
test/real/next-debian.sh "$work" musl
dpkg-deb -x "$work"/musl_*.deb "$work/musl"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --implementation cp \
  --platform musllinux_1_2_x86_64 --python-version 3.11 --dest "$work" numpy==2.4.6
python3 -m zipfile -e "$work"/numpy-*.whl "$work/wheel"
rm -rf "$target"
mkdir -p "$target"/{bin,lib,tmp,work}
cp "$work/musl/usr/lib/x86_64-linux-musl/libc.so" "$target/lib/ld-musl-x86_64.so.1"
ln -s ld-musl-x86_64.so.1 "$target/lib/libc.musl-x86_64.so.1"
cp "$work"/wheel/numpy.libs/libstdc++-*.so.6* "$target/lib/libstdc++.so.6"
# It has the name that the C++ library of the wheel asks for.
cp "$work"/wheel/numpy.libs/libgcc_s-????????.so.1 "$target/lib/"
cp "$target"/lib/libgcc_s-*.so.1 "$target/lib/libgcc_s.so.1"
cp /bin/busybox "$target/bin/busybox"
ln -s busybox "$target/bin/sh"
dpkg-deb -f "$work"/musl_*.deb Version >"$target/version"
