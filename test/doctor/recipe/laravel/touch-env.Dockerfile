FROM php:8.3-fpm
WORKDIR /app
COPY . .
RUN touch .env && mkdir -p storage/logs && chmod -R 775 storage
