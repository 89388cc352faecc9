<!DOCTYPE html>
<html lang="{{ str_replace('_', '-', app()->getLocale()) }}">
    <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{ config('app.name') }}</title>
        @vite(['resources/css/app.css', 'resources/js/app.js'])
    </head>
    <body class="flex min-h-screen items-center justify-center bg-amber-50">
        <main class="rounded-xl bg-white p-8 shadow-lg">
            <h1 class="text-4xl font-bold text-emerald-800">{{ config('app.name') }}</h1>
            <p>Laravel {{ app()->version() }}, PHP {{ PHP_VERSION }}</p>
            <p id="script">waits for its script</p>
        </main>
    </body>
</html>
