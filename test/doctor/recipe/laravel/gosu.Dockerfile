FROM php:8.2-fpm
WORKDIR /app
COPY . .
COPY docker/gosu-entry.sh /entry.sh
ENTRYPOINT ["/entry.sh"]
CMD ["php-fpm"]
