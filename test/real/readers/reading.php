<?php

/** Stands for artisan of an app in the working directory: prints what Laravel reads of its configuration. */

declare(strict_types=1);

error_reporting(0);
require 'Illuminate/autoload.php';

$app = new Illuminate\Foundation\Application(getcwd());
$app->bootstrapWith([Illuminate\Foundation\Bootstrap\LoadEnvironmentVariables::class]);
echo env('APP_KEY', 'nothing'), ' ', env('REDIS_PORT', 'nothing'), "\n";
