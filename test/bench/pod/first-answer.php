<?php

// Asks php-fpm of its pod for a page, again and again, until Laravel answers, and says when that was: seconds since 1970.
// A request is as the FastCGI Specification 1.0 has it.
$pairs = [
    'SCRIPT_FILENAME' => '/var/www/html/public/index.php', 'SCRIPT_NAME' => '/index.php',
    'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/health', 'QUERY_STRING' => '', 'SERVER_PROTOCOL' => 'HTTP/1.1',
    'SERVER_NAME' => 'localhost', 'SERVER_PORT' => '80', 'REMOTE_ADDR' => '127.0.0.1', 'HTTP_HOST' => 'localhost',
];
$params = '';
foreach ($pairs as $name => $value) {
    $params .= chr(strlen($name)).chr(strlen($value)).$name.$value;
}
$record = fn (int $type, string $content) => pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0).$content;
$request = $record(1, pack('nCx5', 1, 0)).$record(4, $params).$record(4, '').$record(5, '');

do {
    usleep(2000);
    $answer = '';
    if ($socket = @fsockopen('127.0.0.1', 9000)) {
        fwrite($socket, $request);
        $answer = stream_get_contents($socket);
    }
} while (! str_contains($answer, '{"status":"ok"}'));
printf("%.6f\n", microtime(true));
