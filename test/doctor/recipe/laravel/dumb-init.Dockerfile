FROM php:8.3-cli
WORKDIR /app
COPY . .
ENTRYPOINT ["dumb-init", "--", "php", "artisan", "horizon"]
