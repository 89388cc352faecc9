<?php

/** Stands for `php artisan queue:work`: tells what it was started as, then waits to be ended when asked to. */

declare(strict_types=1);

echo 'pid ', getmypid(), "\n";
foreach (array_slice($argv, 1) as $argument) {
    echo "arg [$argument]\n";
}
preg_match('/SigIgn:\s*(\w+)/', file_get_contents('/proc/self/status'), $ignored);
echo "ignored {$ignored[1]}\n";
if (in_array('--wait', $argv, true)) {
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, fn () => exit(42));
    echo "ready\n";
    for ($i = 0; $i < 600; $i++) {
        usleep(50_000);
    }
}
echo stream_get_contents(STDIN);
exit(7);
