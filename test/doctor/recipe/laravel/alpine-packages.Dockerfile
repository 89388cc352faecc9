FROM alpine:3.20
RUN apk add --no-cache php83-fpm nginx
WORKDIR /app
COPY . .
CMD ["sh", "-c", "php-fpm83 -D && nginx -g 'daemon off;'"]
