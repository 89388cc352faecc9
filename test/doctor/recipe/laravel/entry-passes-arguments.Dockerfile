FROM php:8.4-fpm
COPY --chmod=755 docker/entry.sh /entry.sh
WORKDIR /app
COPY --chown=33:33 . .
ENTRYPOINT ["/entry.sh"]
CMD ["php-fpm"]
