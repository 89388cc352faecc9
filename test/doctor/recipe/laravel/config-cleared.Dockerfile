FROM php:8.3-fpm
WORKDIR /var/www/html
COPY . .
RUN php artisan config:cache
RUN php artisan config:clear && php artisan cache:clear
