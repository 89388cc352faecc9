FROM php:8.3-cli-alpine
RUN apk add --no-cache tini
WORKDIR /app
COPY . .
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["php", "artisan", "queue:work"]
