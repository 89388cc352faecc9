FROM php:8.4-fpm-alpine
WORKDIR /app
COPY . .
COPY <<EOF /usr/local/bin/start
#!/bin/sh
php artisan migrate --force
exec "\$@"
EOF
RUN chmod +x /usr/local/bin/start
ENTRYPOINT ["start"]
CMD ["php-fpm"]
