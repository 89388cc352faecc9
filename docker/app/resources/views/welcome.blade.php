<!doctype html>
<title>{{ config('app.name') }}</title>
<h1>{{ config('app.name') }}</h1>
<ul>
@foreach ($settings as $name => $fingerprint)
  <li>{{ $name }}: <code>{{ $fingerprint }}</code></li>
@endforeach
</ul>
