FROM php:8.2-cli
WORKDIR /app
COPY . .
CMD ["bash", "docker/start.sh"]
