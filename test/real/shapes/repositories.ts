import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { appFolder } from "../chain/folders.ts"
import { root } from "../docker/folders.ts"

/** A repository as a team has it, without a file of envseal, and what a visitor gets of its app. */
export interface Repository {
  readonly name: string
  /** Where the app is in it. */
  readonly app: string
  /** Puts it into an empty folder. */
  readonly lay: (folder: string) => void
  /** What its secret has besides what every one has. */
  readonly secret: Readonly<Record<string, string>>
  /** What is run in a pod before it is asked, as a hook would. */
  readonly before: readonly (readonly string[])[]
  /** What is in the answers, by path. */
  readonly shows: Readonly<Record<string, string | RegExp>>
  /** What is in its files after `envseal init`. */
  readonly has: Readonly<Record<string, string>>
}

/** A new app of Laravel 13. @param without paths that this one does not have. */
function laravel13(folder: string, without: readonly string[] = []): void {
  cpSync(appFolder, folder, { recursive: true })
  for (const path of without) rmSync(join(folder, path), { recursive: true })
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Changes the lines of `.env.example`. */
function example(folder: string, pairs: Readonly<Record<string, string>>): void {
  const path = join(folder, ".env.example")
  const lines = Object.entries(pairs).reduce(
    (text, [name, value]) => text.replace(new RegExp(`^${name}=.*$`, "m"), () => `${name}=${value}`),
    readFileSync(path, "utf8"),
  )
  writeFileSync(path, lines)
}

/** Changes `composer.json`, so that the lock file is none of it any more. */
function composer(folder: string, change: (root: Record<string, Record<string, unknown>>) => void): void {
  const path = join(folder, "composer.json")
  const read = JSON.parse(readFileSync(path, "utf8"))
  change(read)
  writeFileSync(path, `${JSON.stringify(read, null, 4)}\n`)
  rmSync(join(folder, "composer.lock"), { force: true })
}

const assets = ["package.json", "package-lock.json", "vite.config.js", "resources/css", "resources/js"]
/** Of a page with its assets: their names have a checksum. */
const built = /<link rel="stylesheet" href="[^"]*\/build\/assets\/app-[\w-]+\.css"/
/** Nothing of it is kept anywhere but with the visitor. */
const noStore = { SESSION_DRIVER: "cookie", CACHE_STORE: "array", QUEUE_CONNECTION: "sync" }
const json = (body: string) =>
  `<?php\n\nuse Illuminate\\Support\\Facades\\DB;\nuse Illuminate\\Support\\Facades\\Route;\n\nRoute::get('/', fn () => ${body});\n`
const migrate = [["php", "artisan", "migrate", "--force", "--no-interaction"]]
const robots = { "/robots.txt": "User-agent: *" }

/** One for each kind that can be built and served without a network. */
export const repositories: readonly Repository[] = [
  {
    name: "a new app of Laravel 13, with SQLite as it comes and no lock file of npm",
    app: ".",
    lay: (folder) => {
      laravel13(folder)
      example(folder, { DB_CONNECTION: "sqlite" })
    },
    secret: { DB_CONNECTION: "sqlite", DB_DATABASE: "/var/www/html/storage/app/database.sqlite" },
    before: [["touch", "storage/app/database.sqlite"], ...migrate],
    shows: { "/": built, "/notes": "[]", ...robots },
    has: { Dockerfile: "pdo_mysql pdo_pgsql" },
  },
  {
    name: "Vite, with a lock file and no database",
    app: ".",
    lay: (folder) => {
      laravel13(folder)
      write(folder, { "resources/js/app.js": "document.title = 'Vite was here'\n" })
    },
    secret: noStore,
    before: [],
    shows: { "/": built, ...robots },
    has: { Dockerfile: "RUN npm ci && npm run build\n" },
  },
  {
    name: "PostgreSQL",
    app: ".",
    lay: (folder) => {
      laravel13(folder, assets)
      write(folder, {
        "routes/web.php": json("DB::select('select version() as version')[0]->version"),
      })
    },
    secret: {},
    before: migrate,
    shows: { "/": /^PostgreSQL \d+/, ...robots },
    has: { Dockerfile: "pdo_pgsql" },
  },
  {
    name: "an API without assets",
    app: ".",
    lay: (folder) => {
      laravel13(folder, [...assets, "resources"])
      write(folder, {
        "routes/web.php": "<?php\n",
        "routes/api.php": json("['name' => config('app.name')]"),
        "bootstrap/app.php": readFileSync(join(appFolder, "bootstrap/app.php"), "utf8").replace(
          "        web:",
          "        api: __DIR__.'/../routes/api.php',\n        web:",
        ),
      })
    },
    secret: noStore,
    before: [],
    shows: { "/api": '{"name":"Shapes & co"}', ...robots },
    has: { Dockerfile: "FROM dependencies AS app\n\nFROM php\n" },
  },
  {
    name: "a monorepo with the app in a folder",
    app: "apps/till",
    lay: (folder) => {
      laravel13(join(folder, "apps/till"), assets)
      write(folder, {
        "README.md": "# Two apps\n",
        "apps/front/package.json": "{}\n",
        "apps/till/routes/web.php": json("config('app.name')"),
      })
    },
    secret: noStore,
    before: [],
    shows: { "/": "Shapes & co", ...robots },
    has: { "buildspec.yaml": "docker build" },
  },
  {
    name: "packages of the repository itself",
    app: ".",
    lay: (folder) => {
      laravel13(folder, assets)
      write(folder, {
        "packages/tax/composer.json": `${JSON.stringify({
          ...{ name: "acme/tax", version: "1.0.0", type: "library" },
          autoload: { "psr-4": { "Acme\\Tax\\": "src/" } },
        })}\n`,
        "packages/tax/src/Rate.php":
          "<?php\n\nnamespace Acme\\Tax;\n\nclass Rate\n{\n    public const NORMAL = 19;\n}\n",
        "routes/web.php": json("'a rate of '.Acme\\Tax\\Rate::NORMAL"),
      })
      composer(folder, (read) => {
        read["require"] = { ...read["require"], "acme/tax": "^1.0" }
        Object.assign(read, { repositories: [{ type: "path", url: "./packages/*" }] })
      })
    },
    secret: noStore,
    before: [],
    shows: { "/": "a rate of 19", ...robots },
    has: { ".dockerignore": "!packages\n" },
  },
  {
    name: "a .dockerignore of its own",
    app: ".",
    lay: (folder) => {
      laravel13(folder, assets)
      write(folder, {
        "routes/web.php": json("config('app.name')"),
        ".dockerignore": ".git\nnode_modules\nvendor\n.env*\n!.env.sealed\n",
      })
    },
    secret: noStore,
    before: [],
    shows: { "/": "Shapes & co", ...robots },
    has: { ".dockerignore.envseal": "!vendor\n", ".dockerignore": "!.env.sealed\n" },
  },
  {
    name: "a stock app of Laravel 8, for the PHP of its time",
    app: ".",
    lay: (folder) => {
      cpSync(join(root, "docker/app"), folder, { recursive: true })
      for (const path of ["envseal.yaml", "vendor"]) rmSync(join(folder, path), { recursive: true })
      write(folder, {
        "composer.json": `${JSON.stringify(laravel8, null, 4)}\n`,
        ".env.example":
          "APP_NAME=\nAPP_KEY=\nDB_CONNECTION=mysql\nCACHE_DRIVER=file\nQUEUE_CONNECTION=sync\n",
        "public/robots.txt": "User-agent: *\nDisallow:\n",
        "routes/web.php": `<?php

use Illuminate\\Support\\Facades\\Route;

Route::get('/up', fn () => 'up');
Route::view('/', 'welcome', ['settings' => []]);
`,
      })
    },
    secret: { DB_CONNECTION: "mysql", CACHE_DRIVER: "array", QUEUE_CONNECTION: "sync" },
    before: [],
    shows: { "/": "<h1>Shapes &amp; co</h1>", ...robots },
    has: { Dockerfile: "ARG BASE_IMAGE=public.ecr.aws/docker/library/php:8.2-fpm\n" },
  },
]

const laravel8 = {
  name: "laravel/laravel",
  type: "project",
  require: { php: "^7.3|^8.0", "laravel/framework": "^8.75" },
  autoload: { "psr-4": { "App\\": "app/" } },
  // As teams say who stay with an older PHP.
  config: { platform: { php: "8.2.0" }, "optimize-autoloader": true },
}
