FROM php:8.3-fpm
ARG GITHUB_TOKEN
ENV COMPOSER_ALLOW_SUPERUSER=1 \
    PHP_OPCACHE_VALIDATE_TIMESTAMPS="0" \
    VITE_PUSHER_APP_KEY=abc \
    PASSPORT_KEY_PATH=/run/keys \
    REDIS_PASSWORD=null \
    DB_PASSWORD=""
LABEL org.opencontainers.image.source=https://github.com/example/shop
WORKDIR /app
COPY . .
