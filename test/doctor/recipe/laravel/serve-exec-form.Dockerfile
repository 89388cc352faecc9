FROM php:8.3-cli-alpine
WORKDIR /app
ADD . /app
CMD ["php", "artisan", "serve", "--host=0.0.0.0"]
