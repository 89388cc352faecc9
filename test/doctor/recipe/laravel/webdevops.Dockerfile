FROM webdevops/php-nginx:8.3
WORKDIR /app
COPY . .
RUN composer install --no-dev --optimize-autoloader
