FROM php:8.4-cli-alpine
WORKDIR /app
COPY . .
USER 1000:1000
CMD ["php", "artisan", "queue:work", "--tries=3"]
