FROM php:8.3-fpm
COPY docker/entry.sh /usr/local/bin/docker-php-entrypoint
WORKDIR /var/www/html
COPY . .
