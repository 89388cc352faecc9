<?php

// `php composer.php FOLDER TARGET` makes one program of Composer, as Debian has it below FOLDER, and its libraries.
[, $folder, $target] = $argv;
$parts = '~^(Composer|JsonSchema|MabeEnum|Psr|React|Seld|Symfony|data/Composer)/~';
$libraries = "$folder/share/php";
$archive = new Phar("$target.phar", 0, 'composer.phar');
$archive->startBuffering();
$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($libraries, FilesystemIterator::SKIP_DOTS));
foreach ($files as $file) {
    $name = substr($file->getPathname(), strlen($libraries) + 1);
    if (preg_match($parts, $name) && $file->isFile()) {
        $archive->addFromString("share/php/$name", file_get_contents($file->getPathname()));
    }
}
$program = file_get_contents("$folder/bin/composer");
$archive->addFromString('bin/composer', preg_replace('~^#!.*\n~', '', $program));
$archive->setStub(<<<'STUB'
#!/usr/bin/env php
<?php
Phar::mapPhar('composer.phar');
set_include_path('phar://composer.phar/share/php');
require 'phar://composer.phar/bin/composer';
__HALT_COMPILER();
STUB);
$archive->stopBuffering();
unset($archive);
rename("$target.phar", $target);
chmod($target, 0755);
