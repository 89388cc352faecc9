import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { readingFailure, readingWarning } from "../../src/open/core/judge-reading.ts"
import { appUser, webUser } from "../fake/surroundings.ts"
import { type Case, canary, laravel, problemsOf, told } from "./reading-case.ts"

const entry = { "/usr/local/bin/entry": '#!/bin/sh\nchown -R www-data storage\nexec "$@"\n' }
const boot = { "/usr/local/bin/boot": '#!/bin/sh\nphp artisan config:cache\nexec "$@"\n' }
const apache = {
  "/etc/apache2/envvars": 'unset HOME\n: "${APACHE_RUN_USER:=www-data}"\nexport APACHE_RUN_USER\n',
}
const pool = (text: string) => ({
  "/usr/local/etc/php-fpm.conf": "[global]\ninclude=etc/php-fpm.d/*.conf\n",
  "/usr/local/etc/php-fpm.d/www.conf": "[www]\nuser = www-data\n;clear_env = no\n",
  "/usr/local/etc/php-fpm.d/zz.conf": `[www]\n${text}\n`,
})

describe("a normal start warns of nothing:", () => {
  const normal: readonly (readonly [string, Case])[] = [
    ["the app's own user", { self: appUser, command: "php-fpm", files: laravel }],
    [
      "the example in docker/",
      {
        self: appUser,
        command: "boot php-fpm",
        files: { ...laravel, ...boot, "/run/envseal/config.php": "<?php" },
        links: { "/app/.env": "/run/envseal/.env" },
        environment: { APP_CONFIG_CACHE: "/run/envseal/config.php", LOG_CHANNEL: "stderr" },
      },
    ],
    [
      "its worker",
      {
        self: appUser,
        command: "boot php artisan queue:work",
        files: { ...laravel, ...boot },
        links: { "/app/.env": "/run/envseal/.env" },
      },
    ],
    [
      "--owner www-data for php-fpm",
      { owner: "www-data", command: "php-fpm", files: { ...laravel, ...pool("") } },
    ],
    [
      "--owner www-data for Apache",
      {
        owner: "www-data",
        command: "docker-php-entrypoint apache2-foreground",
        files: laravel,
        environment: { APACHE_RUN_USER: "#33" },
      },
    ],
    [
      "--owner root:www-data with a mode for the group",
      { owner: "root:www-data", mode: 0o440, command: "php-fpm", files: pool("") },
    ],
    [
      "the app's own user, whom only an ACL lets into a folder",
      {
        self: appUser,
        command: "php-fpm",
        out: "in/.env",
        folders: [{ path: "/app/in", uid: 0, gid: 0, mode: 0o750 }],
      },
    ],
    ["the owner that Apache names", { owner: "www-data", command: "apache2-foreground", files: apache }],
    ["the owner that a pool names", { owner: "app", command: "php-fpm", files: pool("user = app") }],
    ["a pool that root may run", { command: "php-fpm -R", files: laravel }],
    ["a sidecar, which starts nothing", { out: "/shared/.env", files: laravel }],
    ["root for an app that stays root", { command: "php artisan queue:work", files: laravel }],
    ["root for an app of another language", { command: "/srv/server" }],
    ["root for a shell", { command: "sh -c env", files: laravel }],
    [
      "an owner that the app changes to",
      { owner: "app", command: "gosu app php artisan serve", files: laravel },
    ],
    ["--owner root for what starts others", { owner: "root", command: "supervisord", files: laravel }],
    [
      "an environment that says the same",
      { command: "php artisan x", files: laravel, environment: { APP_KEY: canary } },
    ],
    [
      "APP_ENV without a file of that name",
      { self: appUser, command: "php-fpm", files: laravel, environment: { APP_ENV: "production" } },
    ],
    [
      "APP_ENV that env takes away",
      {
        self: appUser,
        command: "env -u APP_ENV php artisan x",
        files: { ...laravel, "/app/.env.production": "" },
        environment: { APP_ENV: "production" },
      },
    ],
    [
      "a service link that env takes away",
      {
        self: appUser,
        command: "tini -- env -uREDIS_PORT php artisan x",
        files: laravel,
        values: { REDIS_PORT: "6379" },
        environment: { REDIS_PORT: "tcp://10.0.0.11:6379" },
      },
    ],
    [
      "a variable that env sets back to what was sealed",
      {
        self: appUser,
        command: "env REDIS_PORT=6379 php artisan x",
        files: laravel,
        values: { REDIS_PORT: "6379" },
        environment: { REDIS_PORT: "tcp://10.0.0.11:6379" },
      },
    ],
    [
      "a target that APP_ENV chooses",
      {
        self: appUser,
        command: "php-fpm",
        out: ".env.production",
        files: { ...laravel, "/app/.env.production": "OLD=1" },
        environment: { APP_ENV: "production" },
      },
    ],
    [
      "a link of APP_ENV's name to the target",
      {
        self: appUser,
        command: "php-fpm",
        files: { ...laravel, "/app/.env": "OLD=1" },
        links: { "/app/.env.production": "/app/.env" },
        environment: { APP_ENV: "production" },
      },
    ],
    [
      "a target elsewhere that the app's own code names",
      {
        self: appUser,
        command: "php-fpm",
        out: "/run/x/.env",
        files: { ...laravel, "/app/bootstrap/app.php": "<?php $app->useEnvironmentPath('/run/x');" },
      },
    ],
    [
      "config:cache itself, with an old cache",
      {
        command: "php artisan config:cache",
        files: { ...laravel, "/app/bootstrap/cache/config.php": "<?php" },
      },
    ],
    [
      "--env for php-fpm that hands variables on",
      { env: true, command: "php-fpm", files: pool("clear_env = no") },
    ],
    ...[
      "gosu app:staff php artisan x",
      "su-exec app:staff php-fpm",
      "chpst -u app:adm:staff php artisan x",
      "setpriv --reuid app --regid 50 --clear-groups php artisan x",
      "setpriv --reuid=app --regid=app --groups=50 php artisan x",
      "sudo -u app -g staff php artisan x",
      "runuser -u app -g staff -- php artisan x",
      "runuser -u app -G staff -- php artisan x",
      "s6-setuidgid 10001:50 php artisan x",
      "s6-applyuidgid -u 10001 -g 10001 -G 50 php artisan x",
      "tini -- setpriv --regid staff --keep-groups setpriv --reuid app php artisan x",
    ].map((command): readonly [string, Case] => [
      `a file for the group that ${command.split(" ")[0]} names, as in ${command}`,
      { owner: "root:staff", mode: 0o440, command, files: laravel },
    ]),
    [
      "a file for a group that the user file gives gosu's user",
      { owner: "root:www-data", mode: 0o440, command: "gosu app php artisan x", files: laravel },
    ],
    [
      "a file for the group that a pool names",
      { owner: "root:staff", mode: 0o440, command: "php-fpm", files: pool("user = app\ngroup = staff") },
    ],
    [
      "a file for the group that Apache's file names",
      {
        owner: "root:staff",
        mode: 0o440,
        command: "httpd",
        files: { "/etc/apache2/httpd.conf": "User app\nGroup staff\n" },
      },
    ],
    [
      "a file for the group that Apache's variable names",
      {
        owner: "root:staff",
        mode: 0o440,
        command: "apache2-foreground",
        environment: { APACHE_RUN_USER: "app", APACHE_RUN_GROUP: "#50" },
      },
    ],
    ["nginx whose root process reads the file, by --owner root", { owner: "root", command: "nginx" }],
    ["a shell beside an app of PHP", { command: "bash", files: laravel }],
    ["a login shell beside an app of PHP", { command: "bash -l", files: laravel }],
    [
      "a script of PHP",
      {
        command: "console queue",
        files: { ...laravel, "/usr/local/bin/console": "#!/usr/bin/env php\n<?php" },
      },
    ],
    [
      "--env for pools that set each of its names",
      { env: true, command: "php-fpm", files: pool("env[APP_KEY] = $APP_KEY") },
    ],
    [
      "APP_ENV's file beside an app that chooses its file elsewhere",
      {
        self: appUser,
        command: "php-fpm",
        out: "/run/x/.env",
        files: {
          ...laravel,
          "/app/.env.production": "OLD=1",
          "/app/bootstrap/app.php": "<?php $app->useEnvironmentPath('/run/x');",
        },
        environment: { APP_ENV: "production" },
      },
    ],
    [
      "--env over a variable that is set",
      { env: true, command: "php artisan x", environment: { APP_KEY: "other" } },
    ],
    [
      "php-fpm that takes the variables away, which then win over nothing",
      { owner: "www-data", command: "php-fpm", files: pool(""), environment: { APP_KEY: "other" } },
    ],
  ]

  test.each(normal)("%s", (_, one) => {
    expect(told(one)).toEqual([])
  })
})

describe("an app that would not get what is opened:", () => {
  const cached = { ...laravel, "/app/bootstrap/cache/config.php": "<?php return [];" }
  const chosen = { ...laravel, "/app/.env.production": "APP_KEY=x" }
  const closed = [{ path: "/app/private", uid: 0, gid: 0, mode: 0o700 }]
  const production = { APP_ENV: "production" }
  const link = { values: { REDIS_PORT: "6379" }, environment: { REDIS_PORT: "tcp://10.0.0.11:6379" } }

  const cases: readonly (readonly [string, string[], Case])[] = [
    ["root's file, for php-fpm", ["refused UNREADABLE_FILE"], { command: "php-fpm" }],
    [
      "root's file, for php-fpm of the official entry point",
      ["refused UNREADABLE_FILE"],
      { command: "docker-php-entrypoint php-fpm" },
    ],
    ["root's file, for Apache", ["refused UNREADABLE_FILE"], { command: "apache2-foreground" }],
    ["root's file, for nginx", ["refused UNREADABLE_FILE"], { command: "nginx -g daemon\u00a0off;" }],
    [
      "root's file by --owner root, for php-fpm",
      ["refused UNREADABLE_FILE"],
      { owner: "root", command: "php-fpm" },
    ],
    [
      "a file of the app's group that the mode keeps out",
      ["refused UNREADABLE_FILE"],
      { owner: "root:www-data", command: "php-fpm" },
    ],
    [
      "root's file with a mode for root's group, for php-fpm",
      ["warned UNREADABLE_FILE"],
      { mode: 0o440, command: "php-fpm" },
    ],
    [
      "another owner than the pools have",
      ["warned UNREADABLE_FILE"],
      { owner: "app", command: "php-fpm", files: pool("") },
    ],
    [
      "another owner than Apache's own file names",
      ["warned UNREADABLE_FILE"],
      { owner: "app", command: "apache2-foreground", files: apache },
    ],
    [
      "root's file, for Apache of a settings file",
      ["refused UNREADABLE_FILE"],
      { command: "httpd -D FOREGROUND", files: { "/etc/apache2/httpd.conf": "Listen 80\nUser www-data\n" } },
    ],
    [
      "root's file, for pools of www-data even with -R",
      ["refused UNREADABLE_FILE"],
      { command: "php-fpm -R", files: pool("") },
    ],
    [
      "root's file, for a script that ends in php-fpm",
      ["warned UNREADABLE_FILE"],
      { command: "entry php-fpm", files: entry },
    ],
    ["root's file, for a supervisor", ["warned UNREADABLE_FILE"], { command: "supervisord -n" }],
    ["root's file, for cron", ["warned UNREADABLE_FILE"], { command: "crond -f" }],
    [
      "root's file, for an unknown program beside PHP",
      ["warned UNREADABLE_FILE"],
      { command: "start", files: laravel },
    ],
    [
      "root's file, for gosu to another user",
      ["refused UNREADABLE_FILE"],
      { command: "gosu app php artisan x" },
    ],
    [
      "somebody's file, for gosu to another user",
      ["refused UNREADABLE_FILE"],
      { owner: "app", command: "gosu www-data php artisan x" },
    ],
    [
      "root's file, for gosu to a user that is not there",
      ["refused UNREADABLE_FILE"],
      { command: "gosu nobody php artisan x" },
    ],
    [
      "a file for a group that the user is in, and gosu drops",
      ["refused UNREADABLE_FILE"],
      { owner: "root:www-data", mode: 0o440, command: "gosu app:staff php artisan x" },
    ],
    [
      "a file for a group that the user is in, and setpriv clears",
      ["refused UNREADABLE_FILE"],
      {
        owner: "root:www-data",
        mode: 0o440,
        command: "setpriv --reuid app --regid app --clear-groups php x",
      },
    ],
    [
      "root's file, for gosu in a script that does more",
      ["warned UNREADABLE_FILE"],
      {
        command: "entry php artisan x",
        files: { "/usr/local/bin/entry": '#!/bin/sh\nchown app storage\nexec gosu www-data "$@"\n' },
      },
    ],
    [
      "the app's file, for sudo to another user",
      ["refused UNREADABLE_FILE"],
      { self: appUser, command: "sudo -u www-data php artisan x" },
    ],
    [
      "a folder that keeps the owner out",
      ["refused UNREACHABLE_FILE"],
      { owner: "www-data", command: "php-fpm", out: "private/.env", folders: closed },
    ],
    [
      "a folder that keeps the pool's user out",
      ["refused UNREACHABLE_FILE"],
      { owner: "www-data", command: "php-fpm", out: "private/.env", folders: closed, files: pool("") },
    ],
    [
      "a folder that lets a group in, where an ACL might let the owner in too",
      ["warned UNREACHABLE_FILE"],
      {
        owner: "www-data",
        command: "php-fpm",
        out: "private/.env",
        folders: closed.map((one) => ({ ...one, mode: 0o750 })),
      },
    ],
    [
      "a folder that keeps the owner out, behind a script",
      ["warned UNREACHABLE_FILE"],
      { owner: "www-data", command: "entry php-fpm", out: "private/.env", folders: closed, files: entry },
    ],
    [
      "a folder that keeps out who gosu changes to",
      ["refused UNREACHABLE_FILE"],
      { owner: "app", command: "gosu app php x", out: "private/.env", folders: closed },
    ],
    [
      "a file that APP_ENV chooses",
      ["refused OTHER_FILE"],
      { self: webUser, command: "php-fpm", files: chosen, environment: production },
    ],
    [
      "a file that APP_ENV chooses, which env sets",
      ["refused OTHER_FILE"],
      { self: webUser, command: "env APP_ENV=production php artisan x", files: chosen },
    ],
    [
      "a file that APP_ENV chooses, which env sets where all else is taken away",
      ["refused OTHER_FILE"],
      { self: webUser, command: "env -i APP_ENV=production php artisan x", files: chosen },
    ],
    [
      "a variable that env sets",
      ["warned ENVIRONMENT_WINS"],
      { self: webUser, command: "env APP_KEY=x php artisan y", files: laravel },
    ],
    [
      "a file that APP_ENV chooses, where nobody knows who reads",
      ["warned OTHER_FILE"],
      { self: webUser, command: "start", files: chosen, environment: production },
    ],
    [
      "a file that APP_ENV would choose of Laravel, and Lumen, which loads its .env itself, does not read",
      ["warned OTHER_FILE"],
      {
        self: appUser,
        command: "php-fpm",
        files: {
          ...chosen,
          "/app/bootstrap/app.php":
            "<?php (new Bootstrap\\LoadEnvironmentVariables(dirname(__DIR__)))->bootstrap();",
        },
        environment: production,
      },
    ],
    [
      "a file that APP_ENV chooses, and no command",
      ["warned OTHER_FILE"],
      { files: chosen, environment: production },
    ],
    [
      "a file that artisan's --env chooses",
      ["refused OTHER_FILE"],
      { command: "php artisan x --env=production", files: chosen },
    ],
    [
      "a file that artisan's --env chooses, as a word",
      ["refused OTHER_FILE"],
      { command: "php artisan x --env production", files: chosen },
    ],
    [
      "a file that APP_ENV chooses beside the link to the target",
      ["refused OTHER_FILE"],
      {
        self: appUser,
        command: "php-fpm",
        files: chosen,
        links: { "/app/.env": "/run/envseal/.env" },
        environment: production,
      },
    ],
    [
      "a cached configuration",
      ["refused CONFIG_CACHED"],
      { self: appUser, command: "php-fpm", files: cached },
    ],
    [
      "a cached configuration, for artisan",
      ["refused CONFIG_CACHED"],
      { command: "php artisan queue:work", files: cached },
    ],
    [
      "a cached configuration of the app that artisan is of",
      ["refused CONFIG_CACHED"],
      {
        command: "php /srv/artisan x",
        out: "/srv/.env",
        files: { "/srv/artisan": "#!", "/srv/bootstrap/cache/config.php": "<?php" },
      },
    ],
    [
      "a cached configuration, with --env",
      ["refused CONFIG_CACHED"],
      { env: true, command: "php artisan x", files: cached },
    ],
    [
      "a cached configuration, behind a script",
      ["warned CONFIG_CACHED"],
      { self: appUser, command: "entry php-fpm", files: { ...cached, ...entry } },
    ],
    ["a cached configuration, and no command", ["warned CONFIG_CACHED"], { files: cached }],
    [
      "a cached configuration where APP_CONFIG_CACHE says",
      ["refused CONFIG_CACHED"],
      {
        self: appUser,
        command: "php-fpm",
        files: { ...laravel, "/run/x/c.php": "<?php" },
        environment: { APP_CONFIG_CACHE: "/run/x/c.php" },
      },
    ],
    [
      "a cached configuration where a relative APP_CONFIG_CACHE says",
      ["refused CONFIG_CACHED"],
      {
        self: appUser,
        command: "php-fpm",
        files: { ...laravel, "/app/c/x.php": "<?php" },
        environment: { APP_CONFIG_CACHE: "c/x.php" },
      },
    ],
    [
      "a target that the app does not look for",
      ["warned OTHER_PLACE"],
      { self: appUser, command: "php-fpm", out: "/run/x/.env", files: laravel },
    ],
    [
      "a target of another name",
      ["warned OTHER_PLACE"],
      { self: appUser, command: "php-fpm", out: "env", files: laravel },
    ],
    [
      "a target beside an app that artisan is not of",
      ["warned OTHER_PLACE"],
      { command: "php /srv/artisan x", files: { "/srv/artisan": "#!" } },
    ],
    [
      "the address of a service in place of a port",
      ["refused SERVICE_LINK"],
      { self: appUser, command: "php-fpm", ...link },
    ],
    ["the address of a service, and no command", ["warned SERVICE_LINK"], link],
    [
      "a variable that is set to something else",
      ["warned ENVIRONMENT_WINS"],
      { self: appUser, command: "php-fpm", environment: { APP_KEY: "other" } },
    ],
    [
      "a variable that is set to nothing",
      ["warned ENVIRONMENT_WINS"],
      { self: appUser, command: "php-fpm", environment: { APP_KEY: "" } },
    ],
    [
      "another APP_ENV than was sealed",
      ["warned ENVIRONMENT_WINS"],
      {
        self: appUser,
        command: "php-fpm",
        values: { APP_ENV: "production" },
        environment: { APP_ENV: "local" },
      },
    ],
    [
      "--env through sudo, which may be told to keep it",
      ["warned VARIABLES_DROPPED"],
      { env: true, self: appUser, command: "sudo -u app php artisan x" },
    ],
    [
      "--env through doas, which may be told to keep it",
      ["warned VARIABLES_DROPPED"],
      { env: true, command: "doas -u app php artisan x" },
    ],
    ...["env -i php x", "setpriv --reset-env php x", "runuser -l app -c php", "su - app -c php"].map(
      (command): readonly [string, string[], Case] => [
        `--env through ${command}`,
        ["refused VARIABLES_DROPPED"],
        { env: true, command },
      ],
    ),
    ["--env for cron", ["warned VARIABLES_DROPPED"], { env: true, command: "cron -f" }],
    [
      "--env for php-fpm that hands no variables on",
      ["warned VARIABLES_DROPPED"],
      { env: true, command: "php-fpm", files: pool("") },
    ],
    [
      "--env for php-fpm whose pools set another name",
      ["warned VARIABLES_DROPPED"],
      { env: true, command: "php-fpm", files: pool("env[OTHER] = $OTHER") },
    ],
    [
      "a variable that php-fpm's pool sets to something else",
      ["warned ENVIRONMENT_WINS"],
      { self: appUser, command: "php-fpm", files: { ...laravel, ...pool("env[APP_KEY] = other") } },
    ],
    [
      "APP_ENV's file beside the one that an app chooses",
      ["warned OTHER_FILE"],
      {
        self: appUser,
        command: "php-fpm",
        out: "/run/x/.env",
        files: {
          ...laravel,
          "/run/x/.env.production": "OLD=1",
          "/app/bootstrap/app.php": "<?php $app->useEnvironmentPath('/run/x');",
        },
        environment: production,
      },
    ],
    ["root's file, for nginx through sudo", ["refused UNREADABLE_FILE"], { command: "sudo nginx" }],
    [
      "several at once",
      ["refused UNREADABLE_FILE", "refused CONFIG_CACHED", "warned ENVIRONMENT_WINS"],
      { command: "php-fpm", files: cached, environment: { APP_KEY: "other" } },
    ],
  ]

  test.each(cases)("%s: %s", (_, expected, one) => {
    expect(told(one)).toEqual(expected)
  })

  test("docs/container.md has a row for each verdict and code, and no other", () => {
    const guide = readFileSync(new URL("../../docs/container.md", import.meta.url), "utf8")
    const rows = [...guide.matchAll(/^\| .* \| (refused|warned) \| `([A-Z_]+)` \| .+ \|$/gm)]
    const documented = rows.map(([, verdict, code]) => `${verdict} ${code}`)
    expect(new Set(documented)).toEqual(new Set(cases.flatMap(([, expected]) => expected)))
  })

  test("no text of any of them has a value, of the secret or of the environment", () => {
    for (const [, , one] of cases) {
      const environment = Object.fromEntries(
        Object.keys(one.environment ?? {}).map((name) => [name, `/${canary}`]),
      )
      const files = { ...one.files, [`/${canary}`]: "<?php", [`/app/.env./${canary}`]: "" }
      for (const given of [one, { ...one, environment, files }]) {
        const problems = problemsOf(given)
        const values = Object.values({ ...given.environment, ...given.values, APP_KEY: canary }).filter(
          (value) => value.length > 5,
        )
        const failure = readingFailure(problems, "app")
        const text = JSON.stringify([problems, problems.map(readingWarning), failure?.message, failure?.hint])
        for (const value of values) expect(text).not.toContain(value)
      }
    }
  })
})

describe("the failure", () => {
  test("has each refused problem with its code, and what mends all of them", () => {
    const problems = problemsOf({
      command: "php-fpm",
      files: { ...laravel, "/app/bootstrap/cache/config.php": "<?php" },
    })
    const failure = readingFailure(problems, "php-fpm")
    expect(failure?.code).toBe("OPENED_IN_VAIN")
    expect(failure?.problems.map(({ code }) => code)).toEqual(["UNREADABLE_FILE", "CONFIG_CACHED"])
    expect(failure?.hint).toContain("--owner www-data")
    expect(failure?.hint).toContain("config:clear")
  })

  test("is none when all is warned about", () => {
    expect(readingFailure(problemsOf({ command: "supervisord" }), "supervisord")).toBeNull()
  })
})
