FROM debian:12-slim
RUN apt-get update && apt-get install -y php8.2-fpm php8.2-mysql nginx
WORKDIR /var/www/html
COPY . .
CMD ["php-fpm8.2", "-F"]
