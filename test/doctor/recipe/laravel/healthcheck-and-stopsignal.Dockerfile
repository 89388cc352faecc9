FROM php:8.4-fpm-alpine
WORKDIR /app
COPY . .
HEALTHCHECK --interval=30s CMD php-fpm-healthcheck || exit 1
STOPSIGNAL SIGQUIT
VOLUME ["/app/storage"]
EXPOSE 9000/tcp
CMD ["php-fpm"]
