FROM php:8.2-apache
WORKDIR /var/www/html
COPY . .
COPY docker/wait-and-start.sh /usr/local/bin/wait-and-start
RUN chmod +x /usr/local/bin/wait-and-start
ENTRYPOINT ["wait-and-start"]
CMD ["apache2-foreground"]
