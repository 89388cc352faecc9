import { describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { readApp } from "../../../src/setup/core/app.ts"
import { readComposer, readComposerLock } from "../../../src/setup/core/composer.ts"
import { dockerfileFor } from "../../../src/setup/core/dockerfile.ts"
import { dockerignoreFor } from "../../../src/setup/core/dockerignore.ts"
import { manifestsFor } from "../../../src/setup/core/manifests.ts"
import { commandOf, type OctaneServer, serverStarted } from "../../../src/setup/core/octane.ts"
import { baseImageFor } from "../../../src/setup/core/php-version.ts"
import { serverFiles } from "../../../src/setup/core/server-files.ts"
import { unknownApp } from "./apps.ts"
import { qaSite } from "./stacks.ts"

const servers: readonly OctaneServer[] = ["frankenphp", "roadrunner", "swoole"]

interface Said {
  readonly require?: Readonly<Record<string, string>>
  readonly locked?: readonly string[]
  readonly example?: Readonly<Record<string, string>>
  readonly config?: string
  readonly gitignore?: string
}

function appOf({ require = {}, locked = [], example = {}, config, gitignore }: Said) {
  const composer = readComposer(JSON.stringify({ require: { "laravel/octane": "^2.0", ...require } }))
  const lock = readComposerLock(JSON.stringify({ packages: locked.map((name) => ({ name })) }))
  const assets = null
  const texts = { octane: config ?? null, gitignore: gitignore ?? null }
  return readApp({ composer, lock, example: new Map(Object.entries(example)), assets, ...texts })
}

const asItComes = "'server' => env('OCTANE_SERVER', 'roadrunner'),"

describe("the server of Octane", () => {
  test.each<[string, Said, OctaneServer | null, string]>([
    ["OCTANE_SERVER", { example: { OCTANE_SERVER: "swoole" }, config: asItComes }, "swoole", ".env.example"],
    ["the configuration", { config: asItComes.replace("roadrunner", "frankenphp") }, "frankenphp", "config/"],
    ["a setting alone", { config: '"server" => "swoole"' }, "swoole", "config/octane.php"],
    ["RoadRunner's package", { locked: ["spiral/roadrunner-http"] }, "roadrunner", "spiral/roadrunner-http"],
    ["the extension", { require: { "ext-swoole": "*" }, config: asItComes }, "swoole", "composer.json"],
    ["Open Swoole's", { locked: ["openswoole/core"] }, "swoole", "composer.lock"],
    ["git's ignored files", { gitignore: "/vendor\nfrankenphp-worker.php\n" }, "frankenphp", ".gitignore"],
    ["nothing but its configuration as it comes", { config: asItComes }, null, "nothing says which server"],
    ["a server that there is not", { example: { OCTANE_SERVER: "$(x)" } }, null, "nothing says which server"],
    ["RoadRunner without its package", { example: { OCTANE_SERVER: "roadrunner" } }, null, "roadrunner-http"],
  ])("is told by %s", (_, said, server, from) => {
    const app = appOf(said)
    expect(app.server).toBe(server)
    const [own] = app.conclusions.filter(({ what }) => / for requests$/.test(what))
    expect(own?.from).toContain(from)
    expect(own?.what).toMatch(server === null ? /^php-fpm/ : /^Octane with /)
  })

  test("is none without Octane, whatever else is there", () => {
    const example = new Map([["OCTANE_SERVER", "swoole"]])
    const sources = { composer: null, lock: null, assets: null, octane: asItComes, gitignore: null }
    expect(readApp({ ...sources, example }).server).toBeNull()
  })

  test.each<[Said, string]>([
    [{ example: { OCTANE_SERVER: "swoole" } }, "swoole"],
    [{ example: { OCTANE_SERVER: "swoole" }, require: { "ext-openswoole": "*" } }, "openswoole"],
    [{ locked: ["spiral/roadrunner-http"] }, "sockets"],
  ])("brings the extension that it stands on: %j", (said, extension) => {
    expect(appOf(said).extensions.map(({ name }) => name)).toEqual([extension, "opcache", "pcntl"].sort())
  })

  test("has an image of its own kind for each PHP", () => {
    expect(baseImageFor(["^8.2"], "swoole")).toBe("public.ecr.aws/docker/library/php:8.4-cli")
    expect(baseImageFor(["^8.2"], "frankenphp")).toBe("docker.io/dunglas/frankenphp:1-php8.4")
    expect(baseImageFor(["~8.1.0"], "frankenphp")).toBeNull()
  })
})

describe.each(servers)("the image with %s", (server) => {
  const dockerfile = dockerfileFor("base", { ...unknownApp, server })

  test("starts Octane on the loopback as process 1, with as many workers as its memory allows", () => {
    expect(dockerfile).toContain(`\n${commandOf(server)}`)
    expect(commandOf(server)).toMatch(/exec php artisan octane:start .* --host=127\.0\.0\.1 --port=8000 /)
    expect(commandOf(server)).toContain("--workers=$APP_WORKERS")
    expect(serverStarted(dockerfile)).toBe(server)
    expect(dockerfile).toContain('\nENTRYPOINT ["envseal", "open", "--require-tmpfs", "--", "boot"]\nCMD')
  })

  test("is stopped by the signal that Octane takes", () => {
    expect(dockerfile).toMatch(/^STOPSIGNAL SIGTERM$/m)
  })

  test("has nothing of php-fpm", () => {
    const texts = serverFiles(server).map(({ path, text }) => `${path}\n${text}`)
    const ignore = dockerignoreFor({ loaded: [], hasAssets: false, server })
    for (const text of [dockerfile, ignore, ...texts]) expect(text).not.toMatch(/fpm/i)
    expect(texts.join("\n")).toContain("export APP_WORKERS")
    expect(texts.join("\n")).toContain("upload_max_filesize = 0\n")
  })
})

describe("the image", () => {
  test("with Swoole has one worker for tasks, and not one for each processor of the node", () => {
    expect(commandOf("swoole")).toContain("--task-workers=1")
  })

  test("with RoadRunner has its program and a configuration, which Octane could not write", () => {
    const dockerfile = dockerfileFor("base", { ...unknownApp, server: "roadrunner" })
    expect(dockerfile).toMatch(/^ARG ROADRUNNER_IMAGE=ghcr\.io\/roadrunner-server\/roadrunner:[\d.]+\n/m)
    expect(dockerfile).toMatch(/^FROM \$\{ROADRUNNER_IMAGE\} AS roadrunner$/m)
    const copies = dockerfile.indexOf("COPY --from=roadrunner /usr/bin/rr /usr/local/bin/rr")
    expect(copies).toBeGreaterThan(dockerfile.indexOf("COPY --from=app /app ."))
    expect(dockerfile).toContain("RUN [ -e .rr.yaml ] || echo 'version: \"3\"' >.rr.yaml\n")
    expect(commandOf("roadrunner")).toContain("--rr-config=.rr.yaml")
    const ignore = dockerignoreFor({ loaded: [], hasAssets: false, server: "roadrunner" })
    expect(ignore).toContain("\n!.rr.yaml\n")
  })

  test("with FrankenPHP has the worker's file, asks for no capability, and writes to memory", () => {
    const dockerfile = dockerfileFor("base", { ...unknownApp, server: "frankenphp" })
    expect(dockerfile).toContain("\nRUN setcap -r /usr/local/bin/frankenphp\n")
    expect(dockerfile).toContain("stubs/frankenphp-worker.php public/\n")
    expect(dockerfile).toMatch(/ENV [^#]*XDG_CONFIG_HOME=\/tmp \\\n {4}XDG_DATA_HOME=\/tmp \\\n/)
    expect(dockerfile.indexOf("setcap")).toBeLessThan(dockerfile.indexOf("USER 10001"))
  })
})

describe("the web pods with Octane", () => {
  const textOf = (server: OctaneServer | null) =>
    manifestsFor(qaSite(), { server }).find(({ path }) => path.endsWith("/web.yaml"))?.text ?? ""
  const podOf = (server: OctaneServer) => parseAllDocuments(textOf(server))[0]?.toJS().spec.template.spec

  test.each(servers)("of %s name php-fpm and its port nowhere", (server) => {
    expect(textOf(server)).not.toMatch(/fpm|fastcgi|9000/)
    expect(textOf(server)).toContain("proxy_pass http://127.0.0.1:8000;\n")
    expect(textOf(server)).toContain("proxy_set_header Connection close;\n")
    expect(textOf(server)).toContain("try_files $uri @laravel;")
  })

  test("ask Octane from inside, and have time to answer what was asked", () => {
    const { terminationGracePeriodSeconds, containers } = podOf("swoole")
    const [app] = containers
    for (const probe of [app.startupProbe, app.livenessProbe])
      expect(probe.exec.command.at(-1)).toContain("127.0.0.1', 8000)")
    const [sleep, tries] = app.lifecycle.preStop.exec.command[2].match(/\d+/g).map(Number)
    expect(sleep + tries).toBeLessThan(terminationGracePeriodSeconds)
    expect(app.args).toBeUndefined()
  })

  test("count the requests that are being answered as Linux tells them, and nothing else", () => {
    const script: string = podOf("roadrunner").containers[0].lifecycle.preStop.exec.command[2]
    const pattern = new RegExp(/grep -q '(.*)'/.exec(script)?.[1] ?? "")
    const line = (local: string, remote: string, state: string) =>
      `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 10001        0 4242 1`
    expect(line("0100007F:1F40", "0100007F:C350", "01")).toMatch(pattern)
    expect(line(`${"0".repeat(16)}FFFF00000100007F:1F40`, `${"0".repeat(24)}0100007F:C350`, "01")).toMatch(
      pattern,
    )
    expect(line("0100007F:1F40", "00000000:0000", "0A")).not.toMatch(pattern)
    expect(line("0100007F:1F40", "0100007F:C350", "06")).not.toMatch(pattern)
    expect(line("0100007F:1F90", "0100007F:C350", "01")).not.toMatch(pattern)
  })

  test("take no larger upload than Swoole does", () => {
    expect(textOf("swoole")).toContain("client_max_body_size 9m;")
    expect(textOf("frankenphp")).toContain("client_max_body_size 10m;")
  })

  test("leave workers to the image's own signal, which is the one that they take", () => {
    for (const hasHorizon of [false, true]) {
      const files = manifestsFor(qaSite(), { server: "swoole", hasHorizon })
      const worker = files.find(({ path }) => path.endsWith("/worker.yaml"))?.text ?? ""
      expect(worker).toContain(hasHorizon ? '"horizon"' : '"queue:work"')
      expect(worker).not.toMatch(/SIGQUIT|preStop|fpm/)
    }
  })

  test("are nobody's without it", () => {
    expect(textOf(null)).toContain("fastcgi_pass 127.0.0.1:9000;")
    expect(textOf(null)).not.toContain("8000")
  })
})
