<?php

return [
    'default' => env('QUEUE_CONNECTION', 'null'),
    'connections' => [
        // A worker with nothing to do. A real app has redis, sqs or database here.
        'null' => ['driver' => 'null'],
    ],
    'failed' => ['driver' => 'null'],
];
