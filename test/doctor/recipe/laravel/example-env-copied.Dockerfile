FROM php:8.1-fpm
WORKDIR /var/www
COPY . /var/www
COPY .env.example /var/www/.env
CMD ["php-fpm"]
