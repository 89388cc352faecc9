FROM php:8.3-cli
RUN apt-get update && apt-get install -y cron
WORKDIR /app
COPY . .
RUN echo "* * * * * cd /app && php artisan schedule:run" > /etc/cron.d/laravel
CMD ["cron", "-f"]
