<?php

use App\Jobs\WriteNote;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Route;

Route::get('/', function () {
    return view('welcome');
});

Route::get('/notes', fn () => DB::table('notes')->orderBy('id')->get(['text', 'by']));

Route::get('/notes/add/{text}/{seconds?}/{queue?}', function (string $text, int $seconds = 0, string $queue = 'default') {
    WriteNote::dispatch($text, $seconds)->onQueue($queue);

    return response('queued', 202);
});

Route::get('/slow/{seconds}', function (int $seconds) {
    // A signal would end a sleep.
    for ($end = microtime(true) + $seconds; microtime(true) < $end;) {
        usleep(100_000);
    }

    return "answered after $seconds s";
});
