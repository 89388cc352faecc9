<?php

/** Writes each of the files that are named by its arguments as several functions of PHP write it. */

declare(strict_types=1);

$writers = [
    'json_encode' => fn (string $text): string => json_encode($text, JSON_THROW_ON_ERROR),
    'json_encode, hex' => fn (string $text): string => json_encode(
        $text,
        JSON_THROW_ON_ERROR | JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT,
    ),
    'var_export' => fn (string $text): string => var_export($text, true),
    'serialize' => serialize(...),
    'rawurlencode' => rawurlencode(...),
    'urlencode' => urlencode(...),
    'htmlentities' => fn (string $text): string => htmlentities($text, ENT_QUOTES | ENT_HTML5),
    'htmlspecialchars' => htmlspecialchars(...),
    'addslashes' => addslashes(...),
    'chunk_split' => fn (string $text): string => chunk_split(base64_encode($text)),
    'bin2hex' => bin2hex(...),
];
foreach (array_slice($argv, 1) as $name) {
    foreach ($writers as $writer => $write) {
        file_put_contents("$name.php, $writer", $write(file_get_contents($name)));
    }
}
