#!/usr/bin/env bash
# Puts Laravel 10, from the Debian release after this machine's, into .cache/laravel for this machine's own php, and the
# newer one of the release after that into .cache/laravel-new, with a PHP that is new enough for it.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Puts Laravel's packages of a release and all that they need into a folder, and says its version.
unpack() {
  local release=$1 target=$2 folder package
  shift 2
  folder=$(mktemp -d "$work/XXXXXX")
  test/real/next-debian.sh --release "$release" --with-needed "$folder" php-laravel-framework "$@"
  rm -rf "$target"
  mkdir -p "$target"
  for package in "$folder"/*.deb; do
    case $package in
      */php-*_all.deb) dpkg-deb -x "$package" "$target" ;;
      *) if (($# > 0)); then dpkg-deb -x "$package" "$folder/root"; fi ;;
    esac
  done
  # Debian's loaders name their files where they are installed.
  find "$target/usr/share/php" -name '*autoload*.php' -exec sed -i "s|'/usr/share/php/|'|g" {} +
  version=$(dpkg-deb -f "$folder"/php-laravel-framework_*.deb Version | sed 's/+.*$//')
}

# A php of a newer release with its own C library: `php` starts it by its own loader.
bring_php() {
  local root=$1 target=$2 loader libraries modules library
  loader=$(readlink -f "$root"/usr/lib*/ld-linux-*.so.*)
  libraries=$(dirname "$(find "$root/usr/lib" -name libc.so.6)")
  modules=$(dirname "$(find "$root/usr/lib/php" -name mbstring.so)")
  mkdir "$target/lib"
  for part in mbstring tokenizer ctype dom; do cp "$modules/$part.so" "$target/lib/"; done
  cp "$root"/usr/bin/php[0-9]* "$target/lib/php"
  cp "$loader" "$target/lib/loader"
  for library in $("$loader" --library-path "$libraries" --list "$target/lib/php" | awk '$2 == "=>" && $1 !~ "/" {print $1}'); do
    cp "$libraries/$library" "$target/lib/"
  done
  cat >"$target/php" <<'PHP'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/lib/loader" --library-path "$here/lib" "$here/lib/php" -n -d extension_dir="$here/lib" \
  -d extension=mbstring -d extension=tokenizer -d extension=ctype -d extension=dom \
  -d include_path=".:$here/usr/share/php" "$@"
PHP
  chmod 755 "$target/php"
  "$target/php" -v >/dev/null
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! [ -s .cache/laravel/version ]; then
  unpack trixie .cache/laravel
  printf %s "$version" >.cache/laravel/version
fi
if ! [ -s .cache/laravel-new/version ]; then
  unpack forky .cache/laravel-new php-cli
  bring_php "$work"/*/root .cache/laravel-new
  printf %s "$version" >.cache/laravel-new/version
fi
