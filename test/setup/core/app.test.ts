import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type AppSources, readApp } from "../../../src/setup/core/app.ts"
import { readComposer, readComposerLock } from "../../../src/setup/core/composer.ts"
import { assetCommands, type NodeSources, readNodePackage } from "../../../src/setup/core/node-package.ts"

const nothing: AppSources = {
  composer: null,
  lock: null,
  example: new Map(),
  assets: null,
  octane: null,
  gitignore: null,
}

/** Names of the extensions of an app. */
const extensionsOf = (sources: Partial<AppSources>) =>
  readApp({ ...nothing, ...sources }).extensions.map(({ name }) => name)
const example = (pairs: Readonly<Record<string, string>>) => new Map(Object.entries(pairs))

describe("the extensions of an app", () => {
  test("are opcache and pcntl where nothing is known", () => {
    expect(extensionsOf({})).toEqual(["opcache", "pcntl"])
  })

  test.each([
    [{ DB_CONNECTION: "mysql" }, ["pdo_mysql"]],
    [{ DB_CONNECTION: "mariadb" }, ["pdo_mysql"]],
    [{ DB_CONNECTION: "pgsql" }, ["pdo_pgsql"]],
    [{ DB_CONNECTION: "sqlsrv" }, ["pdo_sqlsrv"]],
    [{ DB_CONNECTION: "sqlite" }, ["pdo_mysql", "pdo_pgsql"]],
    [{ CACHE_STORE: "redis" }, ["redis"]],
    [{ CACHE_DRIVER: "memcached", SESSION_DRIVER: "redis" }, ["memcached", "redis"]],
    [{ QUEUE_CONNECTION: "redis", REDIS_CLIENT: "predis" }, []],
    [{ QUEUE_CONNECTION: "sync", FILESYSTEM_DISK: "s3", DB_CONNECTION: "constructor" }, []],
  ])("follow the drivers %j", (pairs, expected) => {
    expect(extensionsOf({ example: example(pairs) })).toEqual(["opcache", "pcntl", ...expected].sort())
  })

  test("are those that composer.json and any package of composer.lock require, without what PHP has", () => {
    const composer = readComposer('{"require":{"ext-intl":"*","ext-json":"*","ext-zend-opcache":"*"}}')
    const lock = readComposerLock(
      JSON.stringify({
        packages: [{ name: "a/b", require: { "ext-GD": "*", "ext-mbstring": "*" } }],
        "packages-dev": [{ name: "c/d", require: { "ext-xdebug": "*" } }],
        platform: { php: "^8.2", "ext-zip": "*" },
      }),
    )
    const { extensions, php } = readApp({ ...nothing, composer, lock })
    expect(extensions.map(({ name }) => name)).toEqual(["gd", "intl", "opcache", "pcntl", "zip"])
    expect(extensions.find(({ name }) => name === "gd")?.from).toBe("a/b in composer.lock")
    expect(php).toEqual(["^8.2"])
  })

  test.each(["constructor", "__proto__", "toString"])("are known where a package is called %s", (name) => {
    const lock = readComposerLock(JSON.stringify({ packages: [{ name }] }))
    const { extensions, conclusions } = readApp({ ...nothing, lock })
    expect(extensions.map((one) => one.name)).toEqual(["opcache", "pcntl"])
    expect(conclusions.map((one) => typeof one.what)).toEqual(["string", "string"])
  })

  test("are words that a shell passes on as they are, whatever the files say", () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, name) => {
        const lock = readComposerLock(JSON.stringify({ packages: [{ require: { [`ext-${name}`]: "*" } }] }))
        for (const one of extensionsOf({ composer: readComposer(json), lock }))
          expect(one).toMatch(/^[a-z0-9_]+$/)
        void readComposerLock(json)
      }),
    )
  })
})

describe("the assets of an app", () => {
  const packageJson = (more: object = {}) => JSON.stringify({ scripts: { build: "vite build" }, ...more })
  const sources: NodeSources = { packageJson: packageJson(), lockFiles: [], version: null }
  const commandsOf = (given: Partial<NodeSources>) => {
    const assets = readNodePackage({ ...sources, ...given })
    return assets === null ? null : assetCommands(assets)
  }

  test.each<[string, readonly string[], object, readonly string[]]>([
    ["npm", ["package-lock.json"], {}, ["npm ci", "npm run build"]],
    ["npm without a lock file", [], {}, ["npm install", "npm run build"]],
    ["the first version of yarn", ["yarn.lock"], {}, ["yarn install --frozen-lockfile", "yarn run build"]],
    [
      "a later yarn",
      ["yarn.lock"],
      { packageManager: "yarn@4.5.0+sha224.abc" },
      ["corepack enable", "yarn install --immutable", "yarn run build"],
    ],
    [
      "pnpm",
      ["pnpm-lock.yaml"],
      { packageManager: "pnpm@9.1.0" },
      ["npm install --global pnpm@9.1.0", "pnpm install --frozen-lockfile", "pnpm run build"],
    ],
    [
      "bun",
      ["bun.lock"],
      {},
      ["npm install --global bun@1", "bun install --frozen-lockfile", "bun run build"],
    ],
    [
      "the manager that package.json names, whatever other lock file is there",
      ["package-lock.json"],
      { packageManager: "pnpm@9.1.0" },
      ["npm install --global pnpm@9.1.0", "pnpm install", "pnpm run build"],
    ],
    ["Mix", ["package-lock.json"], { scripts: { production: "mix" } }, ["npm ci", "npm run production"]],
  ])("are built by %s", (_, lockFiles, more, expected) => {
    expect(commandsOf({ lockFiles, packageJson: packageJson(more) })).toEqual(expected)
  })

  test.each([
    [{ version: "v22.11.0\n" }, "22"],
    [{ version: "lts/*" }, "24"],
    [{ packageJson: packageJson({ engines: { node: "^20.19.0 || >=22.12" } }) }, "20"],
    [{}, "24"],
  ])("take Node by %j: %s", (given, node) => {
    expect(readNodePackage({ ...sources, ...given })?.node).toBe(node)
  })

  test("are none without a script that builds", () => {
    for (const text of ["{}", "[", '{"scripts":{"dev":"vite"}}'])
      expect(commandsOf({ packageJson: text })).toBeNull()
  })

  test("name no command of their own, whatever package.json says", () => {
    const named = packageJson({ packageManager: "pnpm@9; touch /tmp/x" })
    expect(commandsOf({ packageJson: named })?.join("\n")).not.toContain("touch")
  })

  test("show what is public, and nothing else of .env.example", () => {
    const assets = readNodePackage(sources)
    const pairs = {
      ...{ APP_NAME: "Till", APP_KEY: "canary", VITE: "canary" },
      ...{ VITE_APP_NAME: "${APP_NAME} 2", MIX_KEY: "${APP_KEY}", VITE_URL: "${ELSEWHERE}/x" },
    }
    const app = readApp({ ...nothing, assets, example: example(pairs) })
    expect(app.publicNames).toEqual(["VITE_APP_NAME", "MIX_KEY", "VITE_URL"])
    expect(app.publicValues).toEqual({
      ...{ VITE_APP_NAME: "Till 2", MIX_KEY: "", VITE_URL: "" },
    })
    expect(JSON.stringify(app)).not.toContain("canary")
    expect(readApp({ ...nothing, example: example(pairs) }).publicNames).toEqual([])
  })
})
