<?php

// Everything the app takes from its environment, by the name of the variable in lower case.
return [
    'app_name' => env('APP_NAME'),
    'app_key' => env('APP_KEY'),
    'db_host' => env('DB_HOST'),
    'db_password' => env('DB_PASSWORD'),
    'mail_from_name' => env('MAIL_FROM_NAME'),
    'mail_password' => env('MAIL_PASSWORD'),
    'payment_private_key' => env('PAYMENT_PRIVATE_KEY'),
    'payment_webhook_secret' => env('PAYMENT_WEBHOOK_SECRET'),
    'search_api_key' => env('SEARCH_API_KEY'),
    'service_account' => env('SERVICE_ACCOUNT'),
    'signature' => env('SIGNATURE'),
];
