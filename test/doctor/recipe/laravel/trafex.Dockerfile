FROM trafex/php-nginx:3.6.0
COPY --chown=nobody . /var/www/html
