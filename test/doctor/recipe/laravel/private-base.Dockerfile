ARG BASE
FROM 111122223333.dkr.ecr.eu-west-1.amazonaws.com/php-base:8.4
COPY . .
