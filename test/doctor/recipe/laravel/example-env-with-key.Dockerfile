FROM php:8.2-fpm
WORKDIR /var/www/html
COPY . .
RUN cp .env.example .env && php artisan key:generate --force
CMD ["php-fpm"]
