FROM php:8.4-fpm AS base
RUN docker-php-ext-install pdo_mysql
WORKDIR /app
FROM base AS development
RUN pecl install xdebug
ENTRYPOINT ["docker/dev.sh"]
FROM base AS production
COPY . .
CMD ["php-fpm"]
