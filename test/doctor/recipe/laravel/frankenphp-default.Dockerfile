FROM dunglas/frankenphp:1-php8.4
ENV SERVER_NAME=:80
RUN install-php-extensions pdo_mysql intl opcache
COPY . /app
