#!/usr/bin/env bash
# Puts into .cache/chain what an app of Laravel 13 is built from and runs on (test/real/chain): PHP, Composer, Laravel
# and nginx of Debian's unstable release, and npm with the packages of the app's lock file. The mirror is the one that
# apt is set up with. Needs root.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$PWD/.cache/chain"
chain=test/real/chain
recipe=$(cat "$0" "$chain"/parts/* "$chain"/app/{composer,package-lock}.json | sha256sum)
[[ "$(cat "$target/recipe" 2>/dev/null)" == "$recipe" ]] && exit 0

# shellcheck disable=SC2016 # apt fills it in
mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian')
mirror=${mirrors%%$'\n'*}
rm -rf "$target"
mkdir -p "$target"/{debs,tree,nginx,npm}
log=$target/log
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

debootstrap --variant=minbase sid "$root" "$mirror" >"$log"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
export DEBIAN_FRONTEND=noninteractive
install=(chroot "$root" apt-get install -y -qq --no-install-recommends)
# With what the app needs of PHP, so that no extension is left to be compiled. Debian's libraries want intl.
packages=(php-fpm php-cli php-{curl,intl,mbstring,mysql,pgsql,sqlite3,xml} unzip systemd-standalone-tmpfiles)
"${install[@]}" "${packages[@]}" &>>"$log"
"${install[@]}" --download-only php-laravel-framework composer nginx &>>"$log"
mv "$root"/var/cache/apt/archives/*.deb "$target/debs"

for package in "$target"/debs/{php-,composer,jsonlint}*_all.deb; do dpkg-deb -x "$package" "$target/tree"; done
version=$(dpkg-deb -f "$target"/debs/php-laravel-framework_*.deb Version)
version=${version%%+*}
[[ "$version" == 13.* ]] || { echo "sid has Laravel $version, and the app is one of 13" >&2; exit 1; }
# Debian's libraries name each other by where they are installed. Here they look for each other where they are.
find "$target/tree/usr/share/php" -name '*.php' -exec sed -i "s|'/usr/share/php/|'|g" {} +
php -d phar.readonly=0 "$chain/parts/composer.php" "$target/tree/usr" "$target/composer"

# The repository that Composer is to take packages from, and Laravel in it with all that it needs.
repository=$root/usr/local/share/composer
mkdir -p "$repository" "$root/root/.composer" "$target/laravel/src"
for name in "$target"/tree/usr/share/php/*; do
  case ${name##*/} in
    Composer | JsonSchema | MabeEnum | React | Seld | data) ;;
    *) mv "$name" "$target/laravel/src" ;;
  esac
done
cp "$chain/parts/libraries.php" "$target/laravel/src"
# Where it is in the package of Laravel's makers, and looked for.
mv "$target/laravel/src/Illuminate/config" "$target/laravel"
tar -C "$target" -cf "$repository/laravel-framework.tar" laravel
php "$chain/parts/packages.php" "$chain/app/composer.json" "$version" >"$repository/packages.json"
cp "$chain/parts/config.json" "$root/root/.composer"

# As in the official image, `php-fpm` is what starts it. Nothing is cloned here.
fpm=$(cd "$root/etc/php" && echo */fpm)
ln -s "/usr/sbin/php-fpm${fpm%/fpm}" "$root/usr/local/sbin/php-fpm"
printf '#!/bin/sh\nexit 1\n' >"$root/usr/local/bin/git"
chmod +x "$root/usr/local/bin/git"
mkdir -p "$root/var/www/html"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/usr/share/{doc,man,locale} \
  "$root"/usr/sbin/policy-rc.d
tar --numeric-owner -C "$root" -cf "$target/php.tar" .

for package in "$target"/debs/nginx*.deb; do dpkg-deb -x "$package" "$target/nginx"; done
rm -rf "$target"/nginx/{lib,usr/lib,usr/share/{doc,man}}

npm pack --silent --pack-destination "$target" npm@11.6.2
tar -xf "$target"/npm-*.tgz -C "$target/npm" --strip-components=1
cp "$chain"/app/package{,-lock}.json "$target/tree"
npm ci --silent --no-audit --no-fund --ignore-scripts --cache "$target/npm-cache" --prefix "$target/tree"
rm -rf "$target"/{debs,tree,laravel,npm-*.tgz,npm-cache/_logs}
echo "$recipe" >"$target/recipe"
