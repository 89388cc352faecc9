import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { nodeSurroundings } from "../../src/adapters/node/surroundings.ts"
import { startedApp } from "../../src/open/core/started-app.ts"
import { userAfter } from "../../src/open/core/user-change.ts"
import type { SystemUser } from "../../src/ports/surroundings.ts"

// Any user has to reach the probe.
const folder = mkdtempSync(join(tmpdir(), "envseal-wrappers-"))
const probe = join(folder, "probe")
const script = join(folder, "entry")

beforeAll(() => {
  chmodSync(folder, 0o755)
  const told = `printf '@@%s\\0%s\\0%s\\0' "$(id -u)" "$(id -g) $(id -G)" "\${KEY-unset}"`
  writeFileSync(probe, `#!/bin/sh\n${told}\nfor word do printf '%s\\0' "$word"; done\n`, { mode: 0o755 })
  writeFileSync(script, '#!/usr/bin/env bash\nset -eu\nexec "$@"\n', { mode: 0o755 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Words = readonly string[]

const values = ["x", "a b", "it's", 'q"q', "a;b", "$(id)", "#h", "", "x=y", "gosu u", "a\nb", "\\n"]
const users = ["nobody", "www-data", "daemon"]
const groups = ["mail", "adm", "5"]

/** For what finds its next program by it, where all variables are taken away. */
const path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"

const quotings: readonly ((word: string) => string)[] = [
  (word) => `'${word.replaceAll("'", "'\\''")}'`,
  (word) => `"${word.replace(/[$`"\\]/g, "\\$&")}"`,
  (word) => (word === "" ? '""' : word.replace(/[^\w./:-]/g, (c) => (c === "\n" ? "'\n'" : `\\${c}`))),
]

/** A command as a shell's text; a setting of a variable before it keeps its name out of the quotes. */
function shellText(words: Words, quote: (word: string) => string): string {
  const at = words.findIndex((word) => !/^\w+=/.test(word))
  return words
    .map((word, place) => {
      const [, name = "", value = word] = (place < at && /^(\w+=)(.*)$/s.exec(word)) || []
      return name + quote(value)
    })
    .join(" ")
}

/** What may stand before a command, and changes no user. */
const staying: readonly Words[] = [
  ["env", "-u", "KEY"],
  ["env", "-uKEY", "-C", "/"],
  ["env", "-i", path],
  ["env", "-", path, "KEY=x y"],
  ["env", "-iu", "X", path, "KEY=it's"],
  ["env", "-S", "KEY='a b' nice -n 1"],
  ["nice", "-n2"],
  ["nice", "--adjustment", "2"],
  ["nice", "-3"],
  ["nohup"],
  ["setsid", "-w"],
  ["stdbuf", "-oL", "-e", "0"],
  ["timeout", "-vk5", "--signal=KILL", "60"],
  ["timeout", "-k", "5", "60"],
  ["chrt", "-o", "0"],
  ["chrt", "-vb", "0"],
  ["taskset", "1"],
  ["taskset", "-c", "0"],
  ["ionice", "-c2", "-n", "7"],
  ["ionice", "-tc3"],
  ["tini", "-s", "--"],
  ["tini", "-sge3", "--"],
  ["sh", "-c", 'exec "$@"', "sh"],
  ["bash", "-euo", "pipefail", "-c", '# one\n\nset -e\nexec nice "${@}"', "bash"],
  [script],
  ["sh", script],
]

const user = fc.constantFrom(...users)
const group = fc.constantFrom(...groups)
const changing: fc.Arbitrary<Words> = fc.oneof(
  fc
    .tuple(
      user,
      fc.constantFrom(
        ["--clear-groups"],
        ["--keep-groups"],
        ["--groups=mail,5"],
        ["--reset-env", "--clear-groups"],
      ),
    )
    .map(([name, more]) => ["setpriv", "--reuid", name, ...more]),
  fc
    .tuple(user, group, fc.constantFrom("--clear-groups", "--keep-groups", "--init-groups"))
    .map(([name, other, more]) => ["setpriv", `--reuid=${name}`, "--regid", other, more, "--"]),
  fc
    .tuple(user, fc.constantFrom([], ["-g", "mail"], ["-Gadm", "-G", "mail"], ["-g", "adm", "-Gmail"]))
    .map(([name, more]) => ["runuser", `-u${name}`, ...more, "--"]),
)

/** A shell for a text, as somebody else. */
const texted: readonly Words[] = [
  ["sh", "-c"],
  ["bash", "-o", "errexit", "+x", "-c"],
  ["bash", "-ceuo", "pipefail"],
]
const loggedIn: fc.Arbitrary<Words> = fc
  .tuple(
    fc.constantFrom("su", "runuser"),
    fc.constantFrom([], ["-"], ["-l"], ["-m"], ["-Gadm"], ["-g", "mail"]),
    user,
  )
  .map(([name, more, who]) => [name, ...more, "-s", "/bin/sh", who, "-c"])

interface Layer {
  readonly before: Words
  /** How the rest is written, where it is one word. */
  readonly quote: ((word: string) => string) | null
}

const quote = fc.constantFrom(...quotings)
const plainLayer = fc.oneof(
  fc.constantFrom(...staying).map((before): Layer => ({ before, quote: null })),
  fc.record({ before: fc.constantFrom(...texted), quote }),
)
const changeLayer = fc.oneof(
  changing.map((before): Layer => ({ before, quote: null })),
  fc.record({ before: loggedIn, quote }),
)
/** Who is not root any more cannot change again. */
const layers = fc
  .tuple(
    fc.array(plainLayer, { maxLength: 2 }),
    fc.option(changeLayer),
    fc.array(plainLayer, { maxLength: 2 }),
  )
  .map(([outer, change, inner]) => [...outer, ...(change === null ? [] : [change]), ...inner])
const commands = fc
  .tuple(layers, fc.array(fc.constantFrom(...values, "-u", "--env", "php-fpm"), { maxLength: 2 }))
  .map(([list, args]) =>
    list.reduceRight<Words>(
      (rest, { before, quote: one }) => [...before, ...(one === null ? rest : [shellText(rest, one)])],
      [probe, ...args],
    ),
  )

const sorted = (gids: readonly number[]) => [...new Set(gids)].sort((a, b) => a - b)

test.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "open finds the program, words, user, groups and variable that real wrappers give it",
  () => {
    const variables = { PATH: process.env["PATH"], KEY: "own", HOME: "/root" }
    const scriptOf = (command: string) =>
      command === script ? { path: script, text: readFileSync(script, "utf8") } : null
    fc.assert(
      fc.property(commands, ([command = "", ...args]) => {
        const { status, stdout, stderr } = spawnSync(command, args, {
          cwd: "/",
          env: variables,
          encoding: "utf8",
        })
        expect(status, stderr).toBe(0)
        const [uid, gids = "", key, ...words] = stdout.slice(stdout.lastIndexOf("@@") + 2).split("\0")
        const [first, ...all] = gids.split(" ").map(Number)

        const app = startedApp([command, ...args], scriptOf)
        const who = app.userChanges.reduce<SystemUser | null>(
          (before, change) => userAfter(before, change, nodeSurroundings),
          nodeSurroundings.self(),
        )
        const seen: Readonly<Record<string, string | null>> = {
          ...(app.clearing === null ? { KEY: "own" } : {}),
          ...app.changes,
        }
        expect({ words: app.words, isDirect: app.isDirect }).toEqual({
          words: [probe, ...words.slice(0, -1)],
          isDirect: true,
        })
        expect([String(who?.uid), who?.gids[0], sorted(who?.gids ?? [])]).toEqual([uid, first, sorted(all)])
        expect(seen["KEY"] ?? "unset").toBe(key)
      }),
      { numRuns: 400 },
    )
  },
)
