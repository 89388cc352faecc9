FROM phpswoole/swoole:php8.3-alpine
WORKDIR /var/www
COPY . .
ENTRYPOINT ["php", "artisan", "octane:start", "--server=swoole", "--host=0.0.0.0"]
