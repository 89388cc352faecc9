FROM php:8.2-fpm
WORKDIR /app
COPY . .
RUN composer install && php -r "file_exists('.env') || copy('.env.example', '.env');"
