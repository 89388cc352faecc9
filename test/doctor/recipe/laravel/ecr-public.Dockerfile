FROM public.ecr.aws/docker/library/php:8.4-fpm
WORKDIR /app
COPY . .
CMD ["php-fpm"]
