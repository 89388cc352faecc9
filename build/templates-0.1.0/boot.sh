#!/bin/sh
# Becomes the app, after `envseal open` and with Laravel's configuration cached.
set -eu
# The cached configuration is plaintext, and for this user alone.
umask 077
# Process 1 has only the signals that it takes: to be stopped now is not to be lost.
trap 'exit 143' TERM INT QUIT

mkdir -p storage/app storage/logs storage/framework/cache/data storage/framework/sessions storage/framework/views
php artisan config:cache --quiet --no-interaction

# With exec the app gets the signals of the container, and its exit status is the container's.
exec "$@"
