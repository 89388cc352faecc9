FROM php:8.2-apache-bookworm
WORKDIR /var/www/html
COPY --chown=www-data:www-data . .
RUN a2enmod rewrite headers
CMD ["apache2-foreground"]
