FROM php:8.4-cli-bookworm
WORKDIR /app
COPY . .
CMD ["sh", "-c", "php artisan config:clear && php artisan storage:link && php artisan serve --host=0.0.0.0 --port=${PORT:-8080}"]
