import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { needlesOf } from "../../src/scan/core/needle.ts"
import { SearchSet } from "../../src/scan/core/search-set.ts"
import { entry } from "../dotenv/values.ts"
import { valueLengths, valuesOf } from "../scan/encoding-table.ts"
import { hangMs } from "./hang.ts"

const values = valueLengths.flatMap(valuesOf)
const folder = mkdtempSync(join(tmpdir(), "envseal-encoders-"))
const helper = (name: string) => fileURLToPath(new URL(`encoders/${name}`, import.meta.url))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Programs that write one file a call, by the name of what they make. `$f` is the file. */
const commands: Readonly<Record<string, string>> = {
  base64: 'base64 "$f"',
  "base64 -w 20": 'base64 -w 20 "$f"',
  "openssl base64": 'openssl base64 -in "$f"',
  "xxd -p": 'xxd -p "$f"',
  "xxd -p -c 16": 'xxd -p -c 16 "$f"',
  jq: 'jq -Rs . "$f"',
  "jq -a": 'jq -aRs . "$f"',
  "jq @uri": 'jq -Rsr @uri "$f"',
  "jq @html": 'jq -Rsr @html "$f"',
  "jq @sh": 'jq -Rsr @sh "$f"',
  "bash printf %q": 'bash -c \'printf %q "$(cat "$1")"\' - "$f"',
}

/** Each value after a text of another length, so that base64 begins anywhere in it. */
const textOf = (value: string, at: number) => `${"p".repeat(at % 7)}${value}\n`

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"], timeout: hangMs })
}

describe("what real programs write", () => {
  const names = values.map((_, at) => String(at))

  beforeAll(() => {
    for (const [at, value] of values.entries()) writeFileSync(join(folder, String(at)), textOf(value, at))
    const lines = Object.entries(commands).map(([name, command]) => `${command} > "$f.${name}"`)
    run("sh", ["-ec", `for f in "$@"; do ${lines.join("; ")}; done`, "-", ...names])
    run("/usr/bin/python3", [helper("python.py"), ...names])
    run("php", [helper("php.php"), ...names])
  })

  test("of 40 values of each length is found, whichever wrote it", () => {
    const searchSets = values.map(
      (value) => new SearchSet(needlesOf([entry("A", value)], { minLength: 8, excuse: () => null })),
    )
    const written = readdirSync(folder).filter((name) => name.includes("."))
    const counts = new Map<string, number>()
    const lost: string[] = []
    for (const file of written) {
      const [at = "", ...encoder] = file.split(".")
      const name = encoder.join(".")
      const isFound = (searchSets[Number(at)]?.lookAt(readFileSync(join(folder, file))).length ?? 0) > 0
      if (isFound) counts.set(name, (counts.get(name) ?? 0) + 1)
      else lost.push(`${name} of ${values[Number(at)]}`)
    }
    expect(lost).toEqual([])
    expect(values.length).toBe(40 * valueLengths.length)
    expect(counts.size).toBe(Object.keys(commands).length + 8 + 11)
    expect(new Set(counts.values())).toEqual(new Set([values.length]))
  })
})
