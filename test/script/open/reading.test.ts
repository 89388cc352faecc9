import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { context, openArgs, type Sandbox, sealedSandbox } from "../harness.ts"

const canary = "canary7d1e"
const app = 65_534

/** A Laravel app's folder, with programs of these names that say what they can read. */
async function laravelBox(): Promise<Sandbox> {
  const box = await sealedSandbox({ APP_KEY: canary, REDIS_PORT: "6379" })
  for (const folder of ["bin", "bootstrap/cache"]) mkdirSync(box.path(folder), { recursive: true })
  chmodSync(box.folder, 0o755)
  for (const name of ["php-fpm", "php", "start"]) {
    writeFileSync(box.path(`bin/${name}`), "#!/bin/sh\necho started\nexit\nexec supervisord\n")
    chmodSync(box.path(`bin/${name}`), 0o755)
  }
  writeFileSync(box.path("artisan"), "#!/usr/bin/env php\n")
  writeFileSync(box.path("bootstrap/app.php"), "<?php\n")
  return box
}

function environment(box: Sandbox, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: `${box.path("bin")}:${process.env["PATH"]}`,
    ENVSEAL_TERMINATION_LOG: box.path("reason"),
    ...more,
  }
}

describe.concurrent("open for an app that would read nothing", () => {
  const link = { REDIS_PORT: `tcp://10.0.0.11:6379` }

  test.each([
    ["root opens for php-fpm", [], "php-fpm", {}, "UNREADABLE_FILE", "--owner www-data"],
    ["the configuration is cached", [], "php artisan serve", {}, "CONFIG_CACHED", "config:clear"],
    [
      "APP_ENV chooses another file",
      [],
      "php artisan serve",
      { APP_ENV: "canary7d1e-env" },
      "OTHER_FILE",
      "unset APP_ENV",
    ],
    ["a service link wins", [], "php artisan serve", link, "SERVICE_LINK", "enableServiceLinks: false"],
    [
      "env -i drops the variables",
      ["--env"],
      "env -i php artisan serve",
      {},
      "VARIABLES_DROPPED",
      "drop --env",
    ],
    [
      "the owner cannot enter a folder",
      ["--owner", "nobody", "-o", "closed/.env"],
      "php-fpm",
      {},
      "UNREACHABLE_FILE",
      "chmod",
    ],
  ])(
    "is refused because %s, and nothing is written or started",
    async (_, args, command, more, code, hint) => {
      const box = await laravelBox()
      if (code === "CONFIG_CACHED") writeFileSync(box.path("bootstrap/cache/config.php"), "<?php\n")
      writeFileSync(box.path(".env.canary7d1e-env"), "APP_KEY=other\n")
      mkdirSync(box.path("closed"), { mode: 0o700 })
      writeFileSync(box.path("reason"), "")
      const before = box.list()
      const run = await box.envseal([...openArgs, ...args, "--", ...command.split(" ")], {
        env: environment(box, more),
      })
      expect(run.stderr).toContain("[OPENED_IN_VAIN]")
      expect(run.stderr).toContain(`[${code}]`)
      expect(run.stderr).toContain(hint)
      expect(run).toMatchObject({ status: 4, stdout: "" })
      expect(run.stderr).not.toContain(canary)
      expect(run.stderr).not.toContain("10.0.0.11")
      expect(readFileSync(box.path("reason"), "utf8")).toMatch(
        new RegExp(`^envseal: OPENED_IN_VAIN: .*\\[${code}\\]$`),
      )
      expect(box.list()).toEqual(before)
    },
  )

  test.each([
    ["a script may start what changes the user", [], "start", {}, "UNREADABLE_FILE"],
    [
      "APP_ENV may choose another file",
      ["--owner", "root"],
      "start",
      { APP_ENV: "canary7d1e-env" },
      "OTHER_FILE",
    ],
    ["the app looks elsewhere", ["-o", "other"], "php artisan serve", {}, "OTHER_PLACE"],
    [
      "a variable is set to something else",
      [],
      "php artisan serve",
      { APP_KEY: "canary7d1e-too" },
      "ENVIRONMENT_WINS",
    ],
  ])("is warned about where %s, and the app starts", async (_, args, command, more, code) => {
    const box = await laravelBox()
    writeFileSync(box.path(".env.canary7d1e-env"), "APP_KEY=other\n")
    const run = await box.envseal([...openArgs, ...args, "--", ...command.split(" ")], {
      env: environment(box, more),
    })
    expect(run.stderr.match(/warning: .*\[([A-Z_]+)\]/)?.[1]).toBe(code)
    expect(run.stderr.match(/warning:/g)).toHaveLength(1)
    expect(run).toMatchObject({ status: 0, stdout: "started\n" })
    expect(run.stderr).not.toContain(canary)
  })
})

describe.concurrent("open for an app that reads what is opened", () => {
  test("warns of nothing: --owner for php-fpm, the app's own user, a sidecar, a link into memory", async () => {
    const box = await laravelBox()
    mkdirSync(box.path("run"))
    symlinkSync("run/.env", box.path(".env"))
    const env = environment(box, { APP_ENV: "production", LOG_CHANNEL: "stderr" })
    const php = ["--", "php", "artisan", "serve"]
    for (const args of [
      ["--owner", "nobody", "--", "php-fpm"],
      ["--owner", "root", "--", "start"],
      php,
      [],
    ]) {
      await box.run("rm", ["-f", "run/.env"])
      const run = await box.envseal([...openArgs, ...args], { env })
      expect(run.stderr, args.join(" ")).toMatch(/^envseal: opened 2 names into \S+\n$/)
      expect(run.status).toBe(0)
    }
    for (const path of ["", "run", "key.txt", ".env.sealed"]) chownSync(box.path(path), app, app)
    await box.run("rm", ["-f", "run/.env"])
    const own = await box.envseal([...openArgs, "--", "php-fpm"], { env, uid: app })
    expect(own.stderr).toMatch(/^envseal: opened 2 names into \S+\n$/)
    expect(own).toMatchObject({ status: 0, stdout: "started\n" })
  })

  test("--stdout and an envelope of another place are looked at no further", async () => {
    const box = await laravelBox()
    writeFileSync(box.path("bootstrap/cache/config.php"), "<?php\n")
    const env = environment(box)
    expect(await box.envseal([...openArgs, "--stdout"], { env })).toMatchObject({ status: 0, stderr: "" })
    const elsewhere = await box.envseal(["open", "-i", "key.txt", "--expect", `${context},x=y`], { env })
    expect(elsewhere.stderr).not.toContain("CONFIG_CACHED")
  })
})
