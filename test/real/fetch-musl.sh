#!/usr/bin/env bash
# Makes .cache/musl and .cache/musl-arm64, root folders with musl as their only C library, as Alpine has: musl 1.2.5
# from the Debian release after this machine's, the C++ library for musl from a wheel of PyPI that brings it, and, on
# x64, Debian's static busybox.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# usage: make_root FOLDER PROCESSOR DEBIAN'S-PROCESSOR
make_root() {
  local target="$PWD/.cache/$1" processor=$2 part="$work/$2"
  [ -s "$target/version" ] && return
  mkdir "$part"
  test/real/next-debian.sh "$part" "musl:$3"
  dpkg-deb -x "$part"/musl_*.deb "$part/musl"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --implementation cp \
    --platform "musllinux_1_2_$processor" --python-version 3.11 --dest "$part" numpy==2.4.6
  python3 -m zipfile -e "$part"/numpy-*.whl "$part/wheel"
  rm -rf "$target"
  mkdir -p "$target"/{bin,lib,tmp,work}
  cp "$part/musl/usr/lib/$processor-linux-musl/libc.so" "$target/lib/ld-musl-$processor.so.1"
  ln -s "ld-musl-$processor.so.1" "$target/lib/libc.musl-$processor.so.1"
  cp "$part"/wheel/numpy.libs/libstdc++-*.so.6* "$target/lib/libstdc++.so.6"
  # It has the name that the C++ library of the wheel asks for.
  cp "$part"/wheel/numpy.libs/libgcc_s-????????.so.1 "$target/lib/"
  cp "$target"/lib/libgcc_s-*.so.1 "$target/lib/libgcc_s.so.1"
  if [ "$processor" = x86_64 ]; then
    cp /bin/busybox "$target/bin/busybox"
    ln -s busybox "$target/bin/sh"
  fi
  dpkg-deb -f "$part"/musl_*.deb Version >"$target/version"
}

make_root musl x86_64 amd64
make_root musl-arm64 aarch64 arm64
