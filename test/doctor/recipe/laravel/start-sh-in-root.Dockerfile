FROM php:8.3-fpm-alpine
WORKDIR /var/www/html
COPY . .
COPY docker/start.sh /start.sh
RUN chmod +x /start.sh
CMD ["/start.sh"]
