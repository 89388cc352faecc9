FROM serversideup/php:8.4-fpm-apache AS base
USER root
RUN install-php-extensions intl
USER www-data
FROM base AS deploy
COPY --chown=www-data:www-data . /var/www/html
