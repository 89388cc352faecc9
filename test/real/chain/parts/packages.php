<?php

// `php packages.php COMPOSER_JSON VERSION` prints a repository for an app: Laravel in this version, whose package has in
// it all that it needs, and packages without any file for what else the app requires.
[, $app, $version] = $argv;
['require' => $used, 'require-dev' => $development] = json_decode(file_get_contents($app), true);
$packages = ['laravel/framework' => [
    'name' => 'laravel/framework',
    'version' => "v$version",
    'license' => ['MIT'],
    'require' => ['php' => '^8.3', 'ext-intl' => '*', 'ext-mbstring' => '*'],
    'autoload' => ['files' => ['src/libraries.php'], 'psr-4' => ['Illuminate\\' => 'src/Illuminate/']],
    'dist' => ['type' => 'tar', 'url' => 'file:///usr/local/share/composer/laravel-framework.tar'],
]];
foreach (array_diff_key($used + $development, ['php' => 1, 'laravel/framework' => 1]) as $name => $range) {
    $packages[$name] = ['name' => $name, 'version' => ltrim($range, '^'), 'type' => 'metapackage'];
}
foreach ($packages as $name => $package) {
    $packages[$name] = [$package['version'] => $package];
}
echo json_encode(['packages' => $packages], JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES), "\n";
