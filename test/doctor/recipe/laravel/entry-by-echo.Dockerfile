FROM php:8.2-fpm
WORKDIR /app
COPY . .
RUN cat > /usr/local/bin/start.sh <<'SH'
#!/bin/sh
set -e
php-fpm -D
exec nginx -g 'daemon off;'
SH
CMD ["/usr/local/bin/start.sh"]
