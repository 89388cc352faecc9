import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { printableCommand } from "../../src/core/text.ts"
import { readingFailure, readingWarning } from "../../src/open/core/judge-reading.ts"
import { appUser, webUser } from "../fake/surroundings.ts"
import { type Case, canary, laravel, problemsOf, told } from "./reading-case.ts"

const names = ["KEY", "APP_KEY", "APP_ENV", "APP_BASE_PATH", "APP_CONFIG_CACHE", "PATH", "REDIS_PORT", "k.y"]

/** What is set to a name. Some look like more words, a program, a user, a path, or a shell's own text. */
const values = [
  canary,
  `/${canary}`,
  `base64:${canary}/${canary}==`,
  `/${canary}/nginx`,
  `${canary} php-fpm ${canary}`,
  `x gosu ${canary} ${canary}`,
  `x' gosu ${canary} 'y`,
  `x" gosu ${canary} "y`,
  `x\\" gosu ${canary} y`,
  `${canary} # ${canary}`,
  `$(gosu ${canary} php)`,
  `x\ngosu ${canary} nginx\n`,
  `<<END\ngosu ${canary} php\nEND`,
  `app:${canary}`,
  `-u${canary}`,
  `${canary}=${canary}`,
]

type Command = readonly string[]

const quotings: readonly ((word: string) => string)[] = [
  (word) => `'${word.replaceAll("'", "'\\''")}'`,
  (word) => `"${word.replace(/[$`"\\]/g, "\\$&")}"`,
  (word) =>
    /^[\w./:-]+$/.test(word) ? word : word.replace(/[^\w./:-]/g, (c) => (c === "\n" ? "'\n'" : `\\${c}`)),
]

/** A command as a shell's text: settings of variables keep their name out of the quotes. */
function shellText(command: Command, quote: (word: string) => string): string {
  return command
    .map((word) => {
      const [, name, value] = /^(\w+=)(.*)$/s.exec(word) ?? []
      return name === undefined ? quote(word) : `${name}${quote(value ?? "")}`
    })
    .join(" ")
}

/** Each makes a longer command of one. */
const wrappers: readonly ((inner: Command, text: string, set: Command) => Command)[] = [
  (inner) => ["tini", "-s", "--", ...inner],
  (inner) => ["dumb-init", "-r", "15:3", ...inner],
  (inner, _, set) => ["env", ...set, ...inner],
  (inner, _, set) => ["env", "-i", "-u", "X", ...set, ...inner],
  (_, text, set) => ["env", ...set, "-S", text],
  (_, text) => ["env", "-S", text],
  (inner, _, set) => ["sudo", "-nEu", "app", ...set, ...inner],
  (inner, _, set) => ["sudo", "-u", ...set, ...inner],
  (inner) => ["doas", ...inner],
  (inner) => ["gosu", "app:staff", ...inner],
  (inner, _, set) => ["gosu", ...set, ...inner],
  (inner) => ["su-exec", ...inner],
  (inner) => ["setpriv", "--reuid", "app", "--clear-groups", ...inner],
  (inner, _, set) => ["setpriv", "--reuid", ...set, ...inner],
  (inner) => ["chpst", "-u", ...inner],
  (inner) => ["runuser", "-u", "app", "--", ...inner],
  (inner) => ["runuser", "-u", ...inner],
  (inner) => ["nice", "-n5", ...inner],
  (inner) => ["timeout", ...inner],
  (inner) => ["taskset", ...inner],
  (inner) => ["time", "-f", ...inner],
  (inner) => ["exec", "-a", "x", ...inner],
  (inner, _, set) => ["exec", ...set, ...inner],
  (inner, _, set) => [...set, ...inner],
  (_, text) => ["sh", "-c", text],
  (_, text) => ["bash", "-euo", "pipefail", "-c", `exec ${text}`],
  (_, text) => ["bash", "-c", `time ${text}`],
  (_, text) => ["bash", "-c", `set -e\n${text}; true`],
  (_, text) => ["sh", "-c", `exec env ${text}`],
  (_, text) => ["sh", "-c", `true; gosu app env ${text}`],
  (_, text) => ["sh", "-c", `cat <<END\n${text}\nEND\n${text}`],
  (inner) => ["sh", "-c", 'exec gosu app "$@"', "sh", ...inner],
  (inner) => ["sh", "-c", 'true\nexec gosu app "$@"', "sh", ...inner],
  (_, text) => ["su", "-", "www-data", "-c", text],
  (inner, text) => ["su", "-c", text, "www-data", ...inner],
  // A quote without an end, which a shell refuses after open has looked at it.
  (_, text) => ["sh", "-c", `${text}; KEY="x gosu ${canary} nginx`],
  (_, text) => ["sh", "-c", `${text}\nKEY='x setpriv --nnp ${canary} x`],
  (_, text) => ["env", "-S", `${text} KEY="x gosu app ${canary}`],
  (inner) => ["docker-php-entrypoint", ...inner],
  (inner) => ["entry", ...inner],
  (inner) => ["php", ...inner],
]

const programs: readonly Command[] = [
  ["php-fpm"],
  ["php", "artisan", "x"],
  ["nginx"],
  ["own-server", "x"],
  ["apache2-foreground"],
  ["supervisord"],
  ["bash"],
  [],
]

const places: readonly Case[] = [
  {},
  { env: true },
  { owner: "app" },
  { owner: "root:staff", mode: 0o440 },
  { self: appUser },
  { self: webUser },
  { out: "/run/x/.env" },
]

/** What a value of a variable might name, for a text to tell. */
const files = {
  ...laravel,
  "/usr/local/bin/entry": '#!/bin/sh\nchown app x\nexec "$@"\n',
  [`/app/.env.${canary}`]: "",
  [`/${canary}`]: "<?php",
  [`/${canary}/artisan`]: "#!/usr/bin/env php",
  [`/${canary}/bootstrap/cache/config.php`]: "<?php",
  [`/${canary}/.env.${canary}`]: "",
}

const assignment = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(...values))
  .map(([name, value]) => `${name}=${value}`)
const layer = fc.record({
  wrap: fc.constantFrom(...wrappers),
  set: fc.array(assignment, { maxLength: 2 }),
  quote: fc.constantFrom(...quotings),
})
const commands = fc
  .record({
    program: fc.constantFrom(...programs),
    set: fc.array(assignment, { minLength: 1, maxLength: 2 }),
    layers: fc.array(layer, { minLength: 1, maxLength: 4 }),
  })
  .map(({ program, set, layers }) =>
    layers.reduce<Command>(
      (inner, { wrap, set: more, quote }) => wrap(inner, shellText(inner, quote), more),
      [...set, ...program],
    ),
  )

describe("a value on a command line is in no text", () => {
  test("whatever wrappers it is in, and however it is quoted", () => {
    fc.assert(
      fc.property(commands, fc.constantFrom(...places), (command, place) => {
        const environment = { APP_ENV: "production" }
        const problems = problemsOf({ ...place, files, environment, command })
        const failure = readingFailure(problems, command[0] ?? "")
        const texts = [problems, problems.map(readingWarning), failure?.message, failure?.hint]
        expect(JSON.stringify([...texts, printableCommand(command[0] ?? "")])).not.toContain(canary)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    [["sh", "-c", `APP_KEY=base64:${canary} php artisan queue:work`]],
    [["su", "-c", `APP_KEY=${canary} php-fpm`, "www-data"]],
    [["sh", "-c", `APP_KEY="${canary} x" exec php-fpm`]],
  ])("and %j is judged as the program that it sets a variable for", (command) => {
    const file = { command, files: laravel, owner: "www-data" }
    expect(told({ ...file, values: { APP_KEY: "sealed" } })).toEqual(["warned ENVIRONMENT_WINS"])
  })
})

describe("APP_BASE_PATH is named, and not shown", () => {
  const base = `/${canary}`
  const app = { [`${base}/artisan`]: "#!", [`${base}/bootstrap/app.php`]: "<?php" }
  const told = (one: Case) => problemsOf(one).map(readingWarning)

  test.each([
    [
      "the cached configuration",
      { [`${base}/bootstrap/cache/config.php`]: "" },
      "$APP_BASE_PATH/bootstrap/cache/config.php is",
    ],
    ["another file", { [`${base}/.env.production`]: "" }, "$APP_BASE_PATH/.env.$APP_ENV is"],
    ["the place where the app looks", {}, "it reads $APP_BASE_PATH/.env"],
  ])("for %s", (_, more, text) => {
    const environment = { APP_BASE_PATH: base, APP_ENV: "production" }
    const warnings = told({ self: appUser, command: "php-fpm", files: { ...app, ...more }, environment })
    expect(warnings.join("\n")).toContain(text)
    expect(warnings.join("\n")).not.toContain(canary)
  })

  test("where it is the working directory, that is shown", () => {
    const files = { ...laravel, "/app/bootstrap/cache/config.php": "" }
    const environment = { APP_BASE_PATH: "/app" }
    expect(told({ self: appUser, command: "php-fpm", files, environment }).join()).toMatch(/^bootstrap/)
  })
})
