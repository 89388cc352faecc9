<?php

/**
 * Parses 0.env, 1.env, … of the working directory with phpdotenv from the include path, without resolving
 * anything, and writes result.json: for each file its entries as [name, base64 or null, whether a variable
 * would be looked up], or null for a file it refuses.
 */

declare(strict_types=1);

error_reporting(0);
require 'Dotenv/autoload.php';

function looksUp(Dotenv\Parser\Value $value): bool
{
    foreach ($value->getVars() as $at) {
        if (preg_match('/\A\${[a-zA-Z0-9_.]+}/', mb_substr($value->getChars(), $at, null, 'UTF-8'))) {
            return true;
        }
    }
    return false;
}

$result = [];
for ($i = 0; is_file("$i.env"); $i++) {
    $store = Dotenv\Store\StoreBuilder::createWithNoNames()->addPath(getcwd())->addName("$i.env")->make();
    try {
        $result[] = array_map(function (Dotenv\Parser\Entry $entry) {
            $value = $entry->getValue()->getOrElse(null);
            return [
                base64_encode($entry->getName()),
                $value === null ? null : base64_encode($value->getChars()),
                $value !== null && looksUp($value),
            ];
        }, (new Dotenv\Parser\Parser())->parse($store->read()));
    } catch (Dotenv\Exception\ExceptionInterface $refusal) {
        $result[] = null;
    }
}
file_put_contents('result.json', json_encode($result, JSON_THROW_ON_ERROR));
