#!/usr/bin/env bash
# Puts a root file system into .cache/docker/base.tar: Debian with PHP and Laravel, with the names of the
# official php image, because no image can be pulled here. The mirror is the one that apt is set up with. Needs root.
set -euo pipefail
cd "$(dirname "$0")/../../.."
target="$PWD/.cache/docker"
recipe=$(sha256sum "test/real/docker/base-image.sh")
[ "$(cat "$target/base.recipe" 2>/dev/null)" = "$recipe" ] && exit 0

# shellcheck disable=SC2016 # apt fills it in
mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian')
mirror=${mirrors%%$'\n'*}
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
mkdir -p "$target"
rm -f "$target/base.recipe"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

debootstrap --variant=minbase "$codename" "$root" "$mirror" >"$target/debootstrap.log"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
# With the drivers that a new app gets, so that nothing is left to be built, and nginx, which no image can be pulled of.
packages=(nginx php-fpm php-cli php-mysql php-pgsql php-laravel-framework php-vlucas-phpdotenv)
DEBIAN_FRONTEND=noninteractive chroot "$root" \
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >>"$target/debootstrap.log"

# As in the official image, `php-fpm` is what starts it.
fpm=$(cd "$root/etc/php" && echo */fpm)
ln -s "/usr/sbin/php-fpm${fpm%/fpm}" "$root/usr/local/sbin/php-fpm"
mkdir -p "$root/var/www/html"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb \
  "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale "$root"/usr/sbin/policy-rc.d

tar --numeric-owner -C "$root" -cf "$target/base.tar.part" .
mv "$target/base.tar.part" "$target/base.tar"
echo "$recipe" >"$target/base.recipe"
