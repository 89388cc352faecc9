#!/bin/sh
# Becomes the app, after `envseal open` and with Laravel's configuration cached.
set -eu
# The cached configuration is plaintext, and for this user alone.
umask 077
# Process 1 has only the signals that it takes: to be stopped now is not to be lost.
trap 'exit 143' TERM INT QUIT

# How many requests php-fpm answers at once: 64 MiB each, of what the limit leaves besides the volumes in memory.
if [ -z "${FPM_CHILDREN:-}" ]; then
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max)
  case $limit in
    # None, or more than any machine has.
    max | ????????????????*) FPM_CHILDREN=10 ;;
    *) FPM_CHILDREN=$(((limit / 1048576 - 192) / 64)) ;;
  esac
  [ "$FPM_CHILDREN" -ge 4 ] || FPM_CHILDREN=4
fi
export FPM_CHILDREN

mkdir -p storage/app storage/logs storage/framework/cache/data storage/framework/sessions storage/framework/views
php artisan config:cache --quiet --no-interaction

# With exec the app gets the signals of the container, and its exit status is the container's.
exec "$@"
