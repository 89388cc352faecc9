FROM php:8.2-fpm
WORKDIR /app
COPY . /app
RUN chmod +x /app/docker/start.sh
ENTRYPOINT ["/app/docker/start.sh"]
