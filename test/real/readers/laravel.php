<?php

/**
 * Boots a minimal Laravel application on the .env of the working directory, with one configuration file that
 * calls env() for every name in names.json, and writes result.json with what env() and config() return:
 * {"text": base64} for a string, {"value": …} for anything else.
 */

declare(strict_types=1);

error_reporting(0);
ini_set('memory_limit', '-1');
require 'Illuminate/autoload.php';

// What a value would pick up if one of its ${NAME} were live.
foreach (['A', 'INHERITED'] as $name) {
    putenv("$name=interpolated");
    $_ENV[$name] = $_SERVER[$name] = 'interpolated';
}

mkdir('config');
file_put_contents('config/app.php', '<?php return ["env" => "production", "providers" => [], "aliases" => []];');
file_put_contents('config/values.php', <<<'PHP'
<?php

$names = json_decode(file_get_contents(base_path('names.json')), true, 512, JSON_THROW_ON_ERROR);
return array_combine($names, array_map('env', $names));
PHP);

$app = new Illuminate\Foundation\Application(getcwd());
$app->bootstrapWith([
    Illuminate\Foundation\Bootstrap\LoadEnvironmentVariables::class,
    Illuminate\Foundation\Bootstrap\LoadConfiguration::class,
]);

$tagged = fn ($value) => is_string($value) ? ['text' => base64_encode($value)] : ['value' => $value];
$names = json_decode(file_get_contents('names.json'), true, 512, JSON_THROW_ON_ERROR);
$result = [
    'version' => $app->version(),
    'env' => array_map(fn ($name) => $tagged(env($name, 'missing')), $names),
    'config' => array_map(fn ($name) => $tagged(config("values.$name", 'missing')), $names),
];
file_put_contents('result.json', json_encode($result, JSON_THROW_ON_ERROR));
