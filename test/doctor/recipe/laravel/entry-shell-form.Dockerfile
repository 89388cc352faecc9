FROM php:8.0-fpm
COPY docker/entry.sh /entry.sh
WORKDIR /app
COPY . .
ENTRYPOINT /entry.sh php-fpm
