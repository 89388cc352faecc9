<?php

namespace App\Jobs;

use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Foundation\Queue\Queueable;
use Illuminate\Support\Facades\DB;

class WriteNote implements ShouldQueue
{
    use Queueable;

    public function __construct(public string $text, public int $seconds = 0) {}

    public function handle(): void
    {
        // A signal would end a sleep.
        for ($end = microtime(true) + $this->seconds; microtime(true) < $end;) {
            usleep(100_000);
        }
        DB::table('notes')->insert(['text' => $this->text, 'by' => gethostname()]);
    }
}
