/** A `.env.example` with the names that Laravel's skeleton has, as it comes. */
const example = `APP_NAME=Laravel
APP_ENV=local
APP_KEY=
APP_DEBUG=true
APP_URL=http://localhost

APP_LOCALE=en
APP_FALLBACK_LOCALE=en
APP_FAKER_LOCALE=en_US

APP_MAINTENANCE_DRIVER=file
# APP_MAINTENANCE_STORE=database

# PHP_CLI_SERVER_WORKERS=4

BCRYPT_ROUNDS=12

LOG_CHANNEL=stack
LOG_STACK=single
LOG_DEPRECATIONS_CHANNEL=null
LOG_LEVEL=debug

DB_CONNECTION=sqlite
# DB_HOST=127.0.0.1
# DB_PORT=3306
# DB_DATABASE=laravel
# DB_USERNAME=root
# DB_PASSWORD=

SESSION_DRIVER=database
SESSION_LIFETIME=120
SESSION_ENCRYPT=false
SESSION_PATH=/
SESSION_DOMAIN=null

BROADCAST_CONNECTION=log
FILESYSTEM_DISK=local
QUEUE_CONNECTION=database

CACHE_STORE=database
# CACHE_PREFIX=

MEMCACHED_HOST=127.0.0.1

REDIS_CLIENT=phpredis
REDIS_HOST=127.0.0.1
REDIS_PASSWORD=null
REDIS_PORT=6379

MAIL_MAILER=log
MAIL_SCHEME=null
MAIL_HOST=127.0.0.1
MAIL_PORT=2525
MAIL_USERNAME=null
MAIL_PASSWORD=null
MAIL_FROM_ADDRESS="hello@example.com"
MAIL_FROM_NAME="\${APP_NAME}"

AWS_ACCESS_KEY_ID=
AWS_SECRET_ACCESS_KEY=
AWS_DEFAULT_REGION=us-east-1
AWS_BUCKET=
AWS_USE_PATH_STYLE_ENDPOINT=false

VITE_APP_NAME="\${APP_NAME}"
`

const composer = {
  name: "laravel/laravel",
  type: "project",
  license: "MIT",
  require: { php: "^8.2", "laravel/framework": "^12.0", "laravel/tinker": "^2.10.1" },
  "require-dev": { "fakerphp/faker": "^1.23", "phpunit/phpunit": "^11.5.3" },
  autoload: { "psr-4": { "App\\": "app/", "Database\\Seeders\\": "database/seeders/" } },
  config: { "optimize-autoloader": true, "sort-packages": true },
}

const packageJson = {
  private: true,
  type: "module",
  scripts: { build: "vite build", dev: "vite" },
  devDependencies: { "laravel-vite-plugin": "^2.0.0", vite: "^7.0.7" },
}

/** What a new Laravel app has of its own at the top of its repository, by its path. */
export const laravelFiles: Readonly<Record<string, string>> = {
  ".env.example": example,
  ".gitignore": "/node_modules\n/public/build\n/storage/*.key\n/vendor\n.env\n.env.backup\n.env.production\n",
  "composer.json": `${JSON.stringify(composer, null, 4)}\n`,
  "package.json": `${JSON.stringify(packageJson, null, 4)}\n`,
  artisan: "#!/usr/bin/env php\n<?php\n",
  "app/Providers/AppServiceProvider.php": "<?php\n\nnamespace App\\Providers;\n",
  "bootstrap/app.php": "<?php\n",
  "config/app.php": "<?php\n\nreturn ['name' => env('APP_NAME', 'Laravel')];\n",
  "public/index.php": "<?php\n",
  "routes/web.php": "<?php\n",
}

/** The names that Laravel's `.env.example` asks for, in its order. */
export const laravelNames: readonly string[] = [...example.matchAll(/^([A-Z_]+)=/gm)].map(
  ([, name = ""]) => name,
)
