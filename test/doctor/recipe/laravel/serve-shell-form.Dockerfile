FROM php:8.4-cli
WORKDIR /app
COPY . .
RUN composer install --no-dev
EXPOSE 8000
CMD php artisan serve --host=0.0.0.0 --port=$PORT
