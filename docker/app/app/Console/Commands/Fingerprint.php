<?php

namespace App\Console\Commands;

use App\Fingerprint as Value;
use Illuminate\Console\Command;

class Fingerprint extends Command
{
    protected $signature = 'config:fingerprint';

    protected $description = 'Tell which values the app has, without showing them';

    public function handle(): int
    {
        $this->line(json_encode([
            'laravel' => $this->laravel->version(),
            'cached' => $this->laravel->configurationIsCached(),
            'config' => Value::ofConfig(),
            'env' => Value::ofEnv(),
        ], JSON_PRETTY_PRINT | JSON_THROW_ON_ERROR));

        return 0;
    }
}
