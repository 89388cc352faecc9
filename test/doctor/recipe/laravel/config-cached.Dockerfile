FROM php:8.2-fpm
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev \
    && php artisan config:cache \
    && php artisan route:cache
CMD ["php-fpm"]
