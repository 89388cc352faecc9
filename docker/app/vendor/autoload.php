<?php

// Stands where Composer's autoloader is in a real app. This one takes Laravel from Debian's php-laravel-framework.

require_once 'Illuminate/autoload.php';

spl_autoload_register(function (string $class): void {
    $path = dirname(__DIR__).'/app/'.str_replace('\\', '/', substr($class, strlen('App\\'))).'.php';
    if (str_starts_with($class, 'App\\') && is_file($path)) {
        require $path;
    }
});
