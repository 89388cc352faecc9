<?php

/**
 * Reads 0.env, 1.env, … of the working directory with phpdotenv from the include path, by an array repository
 * and by Laravel's kind of repository, and writes result.json: base64 by name, or null for a file it refuses.
 */

declare(strict_types=1);

use Dotenv\Dotenv;

error_reporting(0);
ini_set('memory_limit', '-1');
require 'Dotenv/autoload.php';

// What a value would pick up if one of its ${NAME} were live.
foreach (['A', 'INHERITED'] as $name) {
    putenv("$name=interpolated");
    $_ENV[$name] = $_SERVER[$name] = 'interpolated';
}

function encoded(array $values): object
{
    return (object) array_map('base64_encode', $values);
}

$result = ['php' => PHP_VERSION, 'array' => [], 'env' => [], 'getenv' => []];
for ($i = 0; is_file("$i.env"); $i++) {
    try {
        $result['array'][] = encoded(Dotenv::createArrayBacked(getcwd(), "$i.env")->load());
        $names = array_keys(Dotenv::createUnsafeImmutable(getcwd(), "$i.env")->load());
        $result['env'][] = encoded(array_combine($names, array_map(fn ($name) => $_ENV[$name], $names)));
        $result['getenv'][] = encoded(array_combine($names, array_map('getenv', $names)));
    } catch (Dotenv\Exception\ExceptionInterface $refusal) {
        $result['array'][$i] = $result['env'][$i] = $result['getenv'][$i] = null;
    }
}
file_put_contents('result.json', json_encode($result, JSON_THROW_ON_ERROR));
