<?php

// The console of a Laravel app that has nothing but a base path, with the commands that encrypt and decrypt a .env.

require 'Illuminate/autoload.php';

use Illuminate\Console\Application as Console;
use Illuminate\Events\Dispatcher;
use Illuminate\Filesystem\Filesystem;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Console\EnvironmentDecryptCommand;
use Illuminate\Foundation\Console\EnvironmentEncryptCommand;

$app = new Application(getcwd());
$app->singleton('files', fn () => new Filesystem);
$console = new Console($app, new Dispatcher($app), $app->version());
$console->resolve(EnvironmentEncryptCommand::class);
$console->resolve(EnvironmentDecryptCommand::class);
$console->setContainerCommandLoader();
exit($console->run());
