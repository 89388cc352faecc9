FROM ubuntu:24.04
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y php8.3-fpm nginx supervisor
COPY docker/supervisord.conf /etc/supervisor/conf.d/app.conf
WORKDIR /var/www/html
COPY . .
ENTRYPOINT ["supervisord", "-n"]
