<?php

use App\Fingerprint;
use Illuminate\Support\Facades\Route;

Route::get('/', fn () => view('welcome', ['settings' => Fingerprint::ofConfig()]));

// For probes: the configuration is there, and Laravel boots with it.
Route::get('/health', fn () => response()->json(['status' => 'ok']));

Route::get('/fingerprint', fn () => response()->json([
    'laravel' => app()->version(),
    'cached' => app()->configurationIsCached(),
    'config' => Fingerprint::ofConfig(),
]));
