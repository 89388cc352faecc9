<?php

namespace App;

/**
 * Tells which value the app has without showing it: two that differ in one byte have different fingerprints, and
 * nobody can guess a value from one without the key of the app.
 */
class Fingerprint
{
    public static function of($value): string
    {
        return hash_hmac('sha256', serialize($value), config('app.key'));
    }

    /** Of what config() has. */
    public static function ofConfig(): array
    {
        return array_map([self::class, 'of'], config('shop'));
    }

    /** Of what env() has. Once the configuration is cached, Laravel reads no .env, and that is nothing. */
    public static function ofEnv(): array
    {
        $names = array_keys(config('shop'));

        return array_combine($names, array_map(fn (string $name) => self::of(env(strtoupper($name))), $names));
    }
}
