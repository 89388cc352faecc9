FROM registry.example.com/platform/php:8.3
WORKDIR /app
COPY . .
ENTRYPOINT ["/usr/local/bin/platform-start"]
CMD ["php-fpm"]
