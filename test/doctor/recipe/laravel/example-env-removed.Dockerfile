FROM php:8.3-fpm AS build
WORKDIR /app
COPY . .
RUN cp .env.example .env \
    && php artisan key:generate \
    && npm run build \
    && rm -f .env
FROM php:8.3-fpm
WORKDIR /app
COPY . .
COPY --from=build /app/public/build ./public/build
