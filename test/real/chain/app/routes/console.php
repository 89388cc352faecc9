<?php

use App\Jobs\WriteNote;
use Illuminate\Support\Facades\Schedule;

Schedule::call(fn () => WriteNote::dispatchSync('on schedule'))->everyMinute();
