FROM php:8.3-cli AS builder
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /src
COPY . .
RUN composer install --no-dev --optimize-autoloader
FROM php:8.3-fpm
WORKDIR /srv/app
COPY --from=builder --chown=www-data:www-data /src /srv/app
CMD ["php-fpm", "-F"]
