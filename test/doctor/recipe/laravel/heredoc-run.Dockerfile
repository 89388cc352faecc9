# syntax=docker/dockerfile:1
FROM php:8.4-fpm
WORKDIR /app
COPY . .
RUN <<EOF
set -e
apt-get update
apt-get install -y git
composer install --no-dev
EOF
CMD ["php-fpm"]
