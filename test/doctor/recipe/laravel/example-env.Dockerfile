FROM php:8.4-fpm
WORKDIR /var/www
COPY . .
RUN cp .env.example .env || true
RUN composer install --no-dev --optimize-autoloader
CMD ["php-fpm"]
