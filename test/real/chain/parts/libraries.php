<?php

// Debian's libraries name each other by their place below one folder. Here it is this one.
set_include_path(__DIR__.PATH_SEPARATOR.get_include_path());
require_once 'Illuminate/autoload.php';
