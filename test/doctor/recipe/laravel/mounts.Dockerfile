FROM php:8.4-fpm
WORKDIR /app
COPY composer.json composer.lock ./
RUN --mount=type=secret,id=composer_auth,target=/root/.composer/auth.json \
    --mount=type=cache,target=/root/.composer/cache composer install --no-dev --no-scripts
COPY . .
