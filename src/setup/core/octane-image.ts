import { commandOf, type OctaneServer } from "./octane.ts"
import { templateFiles } from "./template-files.ts"
import { replaceNames } from "./template-text.ts"

const fpmStop = `# What php-fpm takes for "finish what you are doing". Workers want SIGTERM: docs/container.md.
STOPSIGNAL SIGQUIT
`
const composerStage = `FROM \${COMPOSER_IMAGE} AS composer
`
const appLayer = `COPY --from=app /app .
`
const cacheVariables = `ENV APP_CONFIG_CACHE=/run/envseal/config.php \\
`

/** What of the example's Dockerfile is php-fpm's, and what takes its place where Octane answers. */
export function octaneRecipe(server: OctaneServer): Readonly<Record<string, string>> {
  const alpine = server === "frankenphp" ? "frankenphp:1-php8.4-alpine" : "php:8.4-cli-alpine"
  return {
    "php:8.4-fpm-alpine": alpine,
    "COPY php-fpm.conf /usr/local/etc/app-fpm.conf\n": "",
    "RUN rm .env.sealed boot.sh php-fpm.conf php.ini\n": "RUN rm .env.sealed boot.sh php.ini\n",
    [fpmStop]: `# What Octane and workers take. A pod sends it once every request is answered: web.yaml.
STOPSIGNAL SIGTERM
`,
    'CMD ["php-fpm", "--fpm-config", "/usr/local/etc/app-fpm.conf"]\n': commandOf(server),
    ...ownRecipe[server],
  }
}

const ownRecipe: Readonly<Record<OctaneServer, Readonly<Record<string, string>>>> = {
  swoole: {},
  roadrunner: {
    [composerStage]: `${composerStage}
# The server itself. Octane would have it downloaded when it starts.
FROM \${ROADRUNNER_IMAGE} AS roadrunner
`,
    "# docker/envseal.Dockerfile, as": `ARG ROADRUNNER_IMAGE=ghcr.io/roadrunner-server/roadrunner:2025.1.6
# docker/envseal.Dockerfile, as`,
    [appLayer]: `${appLayer}COPY --from=roadrunner /usr/bin/rr /usr/local/bin/rr
# Octane says the rest. It would make the file, where nothing can be written.
RUN [ -e .rr.yaml ] || echo 'version: "3"' >.rr.yaml
`,
  },
  frankenphp: {
    "This registry, unlike Docker Hub, does not turn builds in AWS away.":
      "Docker Hub turns builds in AWS\n# away at times: a copy in ECR does not.",
    [cacheVariables]: `${cacheVariables}    XDG_CONFIG_HOME=/tmp \\
    XDG_DATA_HOME=/tmp \\
`,
    [appLayer]: `${appLayer}# Octane would put it there, where nothing can be written.
RUN [ -e public/frankenphp-worker.php ] || cp vendor/laravel/octane/src/Commands/stubs/frankenphp-worker.php public/
# It may take ports below 1024, which a pod without capabilities may not: it would not be started.
RUN setcap -r /usr/local/bin/frankenphp
`,
  },
}

/** `boot.sh` of an image in which Octane answers. */
export function octaneBoot(): string {
  return replaceNames(templateFiles.boot, {
    "# How many requests php-fpm answers at once: 64 MiB each, of what the limit leaves besides the volumes in memory.":
      "# How many requests Octane answers at once: 64 MiB each, of what the limit leaves besides its server and the volumes in\n# memory.",
    "/ 1048576 - 192)": "/ 1048576 - 256)",
    FPM_CHILDREN: "APP_WORKERS",
  })
}

/** `php.ini` of an image in which Octane answers. */
export function octaneIni(): string {
  const text = replaceNames(templateFiles.phpIni, { "each process of php-fpm": "each worker of Octane" })
  return `${text}
; nginx says how large a request may be (client_max_body_size), and nobody else asks Octane.
post_max_size = 0
upload_max_filesize = 0
`
}
