FROM php:8.2-fpm
WORKDIR /app
COPY . .
RUN apt-get update \
    # the libraries of gd
    && apt-get install -y \
       libpng-dev \

    && docker-php-ext-install gd
CMD ["php-fpm"]
