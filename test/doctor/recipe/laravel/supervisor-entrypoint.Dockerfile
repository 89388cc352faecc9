FROM php:8.1-fpm
RUN apt-get update && apt-get install -y nginx supervisor
COPY ./docker/supervisor/ /etc/supervisor/conf.d/
COPY ./docker/start-container.sh /usr/local/bin/start-container
WORKDIR /var/www/html
COPY . .
ENTRYPOINT ["start-container"]
