from php:8.2-fpm as base
workdir /app
copy . .
cmd ["php-fpm"]
