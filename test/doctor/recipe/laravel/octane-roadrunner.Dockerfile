FROM ghcr.io/roadrunner-server/roadrunner:2024 AS rr
FROM php:8.3-cli
COPY --from=rr /usr/bin/rr /usr/local/bin/rr
WORKDIR /app
COPY . .
CMD ["php", "artisan", "octane:start", "--server=roadrunner", "--host=0.0.0.0"]
