FROM richarvey/nginx-php-fpm:3.1.6
COPY . .
ENV SKIP_COMPOSER=1 WEBROOT=/var/www/html/public RUN_SCRIPTS=1 REAL_IP_HEADER=1
CMD ["/start.sh"]
