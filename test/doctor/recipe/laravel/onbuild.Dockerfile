FROM php:8.3-fpm AS parent
ONBUILD COPY . /app
ONBUILD RUN composer install --no-dev
FROM parent
WORKDIR /app
CMD ["php-fpm"]
