import { laravelFiles } from "../data/laravel.ts"

/** A repository as people have it, and what must be in the files that it gets. */
export interface Shape {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** What must be in a file, by its path. */
  readonly has: Readonly<Record<string, readonly (string | RegExp)[]>>
  /** What must not be in a file. */
  readonly lacks?: Readonly<Record<string, readonly (string | RegExp)[]>>
  /** What must be said. */
  readonly says?: readonly string[]
  /** Files that must not be there afterwards. */
  readonly without?: readonly string[]
}

const json = (value: unknown) => `${JSON.stringify(value, null, 4)}\n`
const composer = (require: object, more: object = {}) =>
  json({ name: "acme/till", require: { php: "^8.2", "laravel/framework": "^12.0", ...require }, ...more })
const extensions = (...names: readonly string[]) => `ARG PHP_EXTENSIONS="${names.join(" ")}"\n`
const image = (version: string) => `ARG BASE_IMAGE=public.ecr.aws/docker/library/php:${version}-fpm\n`

const { "package.json": _, ...api } = laravelFiles
const withExample = (pairs: Readonly<Record<string, string>>) =>
  Object.entries(pairs).reduce(
    (text, [name, value]) => text.replace(new RegExp(`^${name}=.*$`, "m"), `${name}=${value}`),
    laravelFiles[".env.example"] ?? "",
  )

const deployment = (name: string, container: string, more = "") => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: retail }
spec:
  template:
    spec:
      serviceAccountName: till-app
      containers:
        - { name: app, image: "${container}" }
${more}`

export const shapes: readonly Shape[] = [
  {
    name: "a new app of Laravel 8",
    files: {
      ...laravelFiles,
      "composer.json": json({
        name: "laravel/laravel",
        require: { php: "^7.3|^8.0", "laravel/framework": "^8.75", "fruitcake/laravel-cors": "^2.0" },
        autoload: { "psr-4": { "App\\": "app/" } },
      }),
      "package.json": json({ scripts: { prod: "npm run production", production: "mix --production" } }),
      "package-lock.json": "{}",
      "webpack.mix.js": "",
      ".env.example":
        "APP_KEY=\nDB_CONNECTION=mysql\nCACHE_DRIVER=file\nQUEUE_CONNECTION=sync\nMIX_PUSHER_APP_KEY=\n",
    },
    has: {
      Dockerfile: [
        image("8.4"),
        extensions("opcache", "pcntl", "pdo_mysql"),
        "ARG MIX_PUSHER_APP_KEY\nRUN npm ci && npm run production\n",
      ],
      ".dockerignore": ["!webpack.mix.js\n"],
      "buildspec.yaml": ["--build-arg MIX_PUSHER_APP_KEY \\\n"],
    },
    says: ["Laravel 8 has no route /up"],
  },
  {
    name: "a new app of Laravel 13",
    files: {
      ...laravelFiles,
      "composer.json": composer({ php: "^8.3", "laravel/framework": "^13.0" }),
      ".gitattributes": "* text=auto eol=lf\n\n*.blade.php diff=html\n",
    },
    has: {
      Dockerfile: [
        image("8.4"),
        extensions("opcache", "pcntl", "pdo_mysql", "pdo_pgsql"),
        "ARG VITE_APP_NAME\nRUN npm install && npm run build\n",
        "COPY --from=assets /app/public public\n",
      ],
      "kubernetes/production/web.yaml": ["path: /up,", 'command: ["cp", "-Rpf", "/var/www/html/public"'],
      "kubernetes/production/worker.yaml": ['"queue:work"'],
      "envseal.yaml": [
        "{ deployment: till-web, withoutOpen: [public] }",
        "command: [php, artisan, migrate, --force]",
      ],
      ".gitattributes": ["* text=auto eol=lf"],
    },
    without: [".gitattributes.envseal"],
  },
  {
    name: "Vite with pnpm and its own Node",
    files: {
      ...laravelFiles,
      "package.json": json({ packageManager: "pnpm@9.15.0", scripts: { build: "vite build" } }),
      "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
      ".nvmrc": "22\n",
      "package-lock.json": "{}",
    },
    has: {
      Dockerfile: [
        "ARG NODE_IMAGE=public.ecr.aws/docker/library/node:22\n",
        "RUN npm install --global pnpm@9.15.0 && pnpm install --frozen-lockfile && pnpm run build\n",
      ],
    },
    says: ["assets are built by pnpm, by pnpm-lock.yaml: package-lock.json does not count"],
  },
  {
    name: "Mix with yarn",
    files: {
      ...laravelFiles,
      "package.json": json({ scripts: { production: "mix --production" } }),
      "yarn.lock": "# yarn lockfile v1\n",
    },
    has: { Dockerfile: ["RUN yarn install --frozen-lockfile && yarn run production\n"] },
  },
  {
    name: "Horizon",
    files: {
      ...laravelFiles,
      "composer.json": composer({ "laravel/horizon": "^5.0" }),
      ".env.example": withExample({ DB_CONNECTION: "mysql", QUEUE_CONNECTION: "redis" }),
    },
    has: {
      Dockerfile: [extensions("opcache", "pcntl", "pdo_mysql", "redis")],
      "kubernetes/production/worker.yaml": ['args: ["php", "artisan", "horizon"]', "kill -TERM 1"],
    },
    lacks: { "kubernetes/production/worker.yaml": ["queue:work"] },
    says: ["Horizon as the worker (laravel/horizon)"],
  },
  {
    name: "Octane, of which nothing says on which server",
    files: {
      ...laravelFiles,
      "composer.json": composer({ "laravel/octane": "^2.0" }),
      "config/octane.php": "<?php return ['server' => env('OCTANE_SERVER', 'roadrunner')];\n",
    },
    has: {
      Dockerfile: ['CMD ["php-fpm"'],
      "kubernetes/production/web.yaml": ["fastcgi_pass 127.0.0.1:9000"],
    },
    says: ["php-fpm for requests (nothing says which server Octane runs on"],
  },
  {
    name: "Octane with FrankenPHP",
    files: {
      ...laravelFiles,
      "composer.json": composer({ "laravel/octane": "^2.0" }),
      ".env.example": `${laravelFiles[".env.example"]}OCTANE_SERVER=frankenphp\n`,
    },
    has: {
      Dockerfile: [
        "ARG BASE_IMAGE=docker.io/dunglas/frankenphp:1-php8.4\n",
        "octane:start --server=frankenphp",
        "setcap -r",
        "STOPSIGNAL SIGTERM",
      ],
      "buildspec.yaml": ["BASE_IMAGE: docker.io/dunglas/frankenphp:1-php8.4\n"],
      "kubernetes/production/web.yaml": ["proxy_pass http://127.0.0.1:8000;", "path: /up,"],
    },
    lacks: {
      Dockerfile: [/fpm/],
      ".dockerignore": [/fpm/],
      "kubernetes/production/web.yaml": [/fpm|fastcgi/],
    },
    without: ["php-fpm.conf"],
    says: ["Octane with FrankenPHP"],
  },
  {
    name: "Octane with Swoole",
    files: {
      ...laravelFiles,
      "composer.json": composer({ "laravel/octane": "^2.0", "ext-swoole": "*" }),
    },
    has: {
      Dockerfile: [
        "ARG BASE_IMAGE=public.ecr.aws/docker/library/php:8.4-cli\n",
        extensions("opcache", "pcntl", "pdo_mysql", "pdo_pgsql", "swoole"),
        "--server=swoole",
      ],
    },
    without: ["php-fpm.conf"],
    says: ["Octane with Swoole for requests"],
  },
  {
    name: "Octane with RoadRunner",
    files: {
      ...laravelFiles,
      "composer.json": composer({ "laravel/octane": "^2.0", "spiral/roadrunner-http": "^3.3" }),
      ".rr.yaml": 'version: "3"\n',
    },
    has: {
      Dockerfile: [
        extensions("opcache", "pcntl", "pdo_mysql", "pdo_pgsql", "sockets"),
        "AS roadrunner\n",
        "--server=roadrunner",
      ],
      ".dockerignore": ["!.rr.yaml\n"],
    },
    without: ["php-fpm.conf"],
    says: ["Octane with RoadRunner for requests"],
  },
  {
    name: "Reverb and Pulse, with Redis between",
    files: {
      ...laravelFiles,
      "composer.json": composer({ "laravel/reverb": "^1.0", "laravel/pulse": "^1.0" }),
      ".env.example": `${laravelFiles[".env.example"]}PULSE_INGEST_DRIVER=redis\n`,
    },
    has: {
      "envseal.yaml": [
        "    - cronjob/till-schedule\n    - deployment/till-reverb\n    - deployment/till-pulse\n    - deployment/till-pulse-work\n",
      ],
      "kubernetes/production/reverb.yaml": [
        '"reverb:start", "--host=0.0.0.0", "--port=8080"',
        "kind: Service",
      ],
      "kubernetes/production/pulse.yaml": ["php artisan pulse:check", 'value: "till"'],
      "kubernetes/production/pulse-work.yaml": ["php artisan pulse:work"],
      "envseal/production/role.yaml": ["till-reverb", "till-pulse-work"],
    },
    says: ["pods and a Service for Reverb (laravel/reverb)", "a pod for pulse:check (laravel/pulse)"],
  },
  {
    name: "Pulse that writes to the database itself",
    files: { ...laravelFiles, "composer.json": composer({ "laravel/pulse": "^1.0" }) },
    has: { "envseal.yaml": ["    - deployment/till-pulse\n"] },
    without: ["kubernetes/production/pulse-work.yaml", "kubernetes/production/reverb.yaml"],
  },
  {
    name: "an API without assets",
    files: { ...api, ".env.example": withExample({ DB_CONNECTION: "mysql" }) },
    has: {
      Dockerfile: ["FROM dependencies AS app\n\nFROM php\n"],
      "buildspec.yaml": ['--build-arg ENVSEAL_LIBC="$ENVSEAL_LIBC" \\\n          --label'],
    },
    lacks: { Dockerfile: ["NODE_IMAGE", "VITE_"], ".dockerignore": ["package.json"] },
  },
  {
    name: "a monorepo with the app in a folder",
    files: {
      "README.md": "",
      ...Object.fromEntries(Object.entries(laravelFiles).map(([path, text]) => [`apps/till/${path}`, text])),
      "apps/shopfront/package.json": "{}",
    },
    has: {},
    says: ["the app is in apps/till, not here", "apps/till/buildspec.yaml"],
  },
  {
    name: "packages of the repository itself",
    files: {
      ...laravelFiles,
      "composer.json": composer(
        { "acme/tax": "*" },
        {
          repositories: [
            { type: "path", url: "./packages/*" },
            { type: "vcs", url: "https://x.example/y" },
          ],
          autoload: { "psr-4": { "App\\": "app/", "Modules\\": "modules/" } },
        },
      ),
      "composer.lock": json({
        packages: [{ name: "acme/tax", require: { php: "~8.2.0", "ext-bcmath": "*" } }],
      }),
    },
    has: {
      Dockerfile: [image("8.2"), extensions("bcmath", "opcache", "pcntl", "pdo_mysql", "pdo_pgsql")],
      ".dockerignore": ["!packages\n", "!modules\n", "!composer.lock\n"],
    },
    says: ["PHP's extension bcmath (acme/tax in composer.lock)"],
  },
  {
    name: "packages from outside of the repository",
    files: {
      ...laravelFiles,
      "composer.json": composer(
        {},
        {
          repositories: {
            tax: { type: "path", url: "../shared/tax" },
            mail: { type: "path", url: "./../mail" },
            own: { type: "path", url: "..packages/own" },
          },
        },
      ),
    },
    has: { ".dockerignore": ["!vendor\n"] },
    lacks: { ".dockerignore": [/^!\.\./m, "shared"] },
    says: ["composer.json takes packages from ../shared/tax, ./../mail, which no build of this folder has"],
  },
  {
    name: "a Dockerfile of its own, without a .dockerignore",
    files: { ...laravelFiles, Dockerfile: "FROM php:8.3-apache\nCOPY . /var/www/html\n" },
    has: {
      Dockerfile: ["FROM php:8.3-apache\nCOPY . /var/www/html\n"],
      "Dockerfile.envseal": ["ENTRYPOINT"],
      ".dockerignore.envseal": ["\n*\n"],
    },
    without: [".dockerignore"],
    says: ["put into Dockerfile what it needs of Dockerfile.envseal"],
  },
  {
    name: "another recipe that is built from the same folder",
    files: { ...laravelFiles, "docker/php/Dockerfile": "FROM php:8.3-cli\nCOPY tools /tools\n" },
    has: { "Dockerfile.dockerignore": ["\n*\n", "!vendor\n"], Dockerfile: ["ENTRYPOINT"] },
    without: [".dockerignore"],
    says: ["docker/php/Dockerfile"],
  },
  ...[
    "prod.dockerfile",
    "Dockerfile-worker",
    "Dockerfile.queue.prod",
    ".docker/php/Dockerfile",
    "build/app.Containerfile",
  ].map((path) => ({
    name: `another recipe that is called ${path}`,
    files: { ...laravelFiles, [path]: "FROM php:8.3-cli\nCOPY tools /tools\n" },
    has: { "Dockerfile.dockerignore": ["\n*\n"] },
    without: [".dockerignore"],
    says: [path],
  })),
  {
    name: "what is about a recipe, and none itself",
    files: { ...laravelFiles, "docs/Dockerfile.md": "# It\n", "Dockerfile.bak": "FROM php\n" },
    has: { ".dockerignore": ["\n*\n"] },
    without: ["Dockerfile.dockerignore"],
  },
  {
    name: "manifests of its own",
    files: {
      ...laravelFiles,
      "deploy/k8s/web.yaml": deployment(
        "till-front",
        "444455556666.dkr.ecr.eu-central-1.amazonaws.com/till:1",
      ),
      "deploy/k8s/queue.yaml": deployment(
        "till-queue",
        "444455556666.dkr.ecr.eu-central-1.amazonaws.com/till:1",
      ),
      "deploy/k8s/redis.yaml": deployment("cache", "public.ecr.aws/docker/library/redis:7"),
    },
    has: {
      "envseal.yaml": [
        "  workloads:\n    - deployment/till-queue\n    - deployment/till-front\n",
        "namespace: retail\n",
        "workload: deployment/till-queue\n",
      ],
      "envseal/production/cloudformation.yaml": ["till-app"],
    },
    lacks: { "envseal.yaml": ["cache", "till-web", "till-worker"] },
    without: ["kubernetes/production/web.yaml"],
    says: [
      "the workload deployment/till-front (deploy/k8s/web.yaml)",
      "deploy/k8s/queue.yaml, deploy/k8s/web.yaml",
    ],
  },
  {
    name: "manifests of the same workload for two namespaces",
    files: {
      ...laravelFiles,
      "k8s/production/web.yaml": deployment("till-front", "till:1"),
      "k8s/staging/web.yaml": deployment("till-front", "till:1").replace("retail", "retail-staging"),
    },
    has: { "envseal.yaml": ["  workloads:\n    - deployment/till-front\n"] },
    lacks: { "envseal.yaml": [/- deployment\/till-front\n.*- deployment\/till-front\n/s] },
    says: ["k8s/production/web.yaml, k8s/staging/web.yaml"],
  },
  {
    name: "manifests whose names are filled in when they are applied",
    files: {
      ...laravelFiles,
      "k8s/web.yaml": deployment('"${APP}-web"', "${IMAGE}").replace("retail", '"${NAMESPACE}"'),
      "k8s/queue.yaml": deployment("'{{ .Release.Name }}-queue'", "till:1"),
      "k8s/front.yaml": deployment("till-front", "till:1")
        .replace("retail", '"${NAMESPACE}"')
        .replace("till-app", '"till\\nkind: Secret"'),
    },
    has: { "envseal.yaml": ["  workloads:\n    - deployment/till-front\n", "namespace: till-production\n"] },
    lacks: {
      "envseal.yaml": ["{APP}", "Release", "NAMESPACE"],
      "envseal/production/cloudformation.yaml": ["kind: Secret"],
    },
  },
  {
    name: "PostgreSQL and Redis by predis",
    files: {
      ...laravelFiles,
      "composer.json": composer({ "predis/predis": "^2.0" }),
      ".env.example": withExample({ DB_CONNECTION: "pgsql", CACHE_STORE: "redis", REDIS_CLIENT: "predis" }),
    },
    has: { Dockerfile: [extensions("opcache", "pcntl", "pdo_pgsql")] },
    says: ["PHP's extension pdo_pgsql (DB_CONNECTION=pgsql in .env.example)"],
  },
  {
    name: "SQLite",
    files: laravelFiles,
    has: {
      Dockerfile: [extensions("opcache", "pcntl", "pdo_mysql", "pdo_pgsql")],
      ".dockerignore": ["database/*.sqlite*\n"],
    },
    says: ["a pod has no disk to keep"],
  },
]
