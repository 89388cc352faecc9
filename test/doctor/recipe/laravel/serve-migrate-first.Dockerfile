FROM php:8.2-cli
WORKDIR /app
COPY . .
RUN php artisan route:cache && php artisan view:cache
CMD php artisan migrate --force && php artisan serve --host=0.0.0.0 --port=8080
