# syntax=docker/dockerfile:1.7
# escape=`
FROM php:8.3-fpm
WORKDIR /app
COPY . .
RUN apt-get update && `
    apt-get install -y unzip
CMD ["php-fpm"]
