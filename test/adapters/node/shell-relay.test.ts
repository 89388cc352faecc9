import { spawnSync } from "node:child_process"
import fc from "fast-check"
import { expect, test } from "vitest"
import { rawText } from "../../../src/adapters/node/raw-text.ts"
import { relayProgram, relayThrough } from "../../../src/adapters/node/shell-relay.ts"
import type { RawText } from "../../../src/ports/runtime.ts"

const env = relayProgram() ?? ""
const byte = (taken: readonly number[]) =>
  fc.integer({ min: 1, max: 255 }).filter((one) => !taken.includes(one))
const bytes = fc.array(byte([]), { maxLength: 30 }).map((all) => rawText(Uint8Array.from(all)))
const name = fc
  .array(byte([0x3d]), { minLength: 1, maxLength: 12 })
  .map((all) => rawText(Uint8Array.from(all)))
/** What shells and `env` set, drop or change. */
const special = fc.constantFrom(
  "PWD",
  "OLDPWD",
  "_",
  "SHLVL",
  "IFS",
  "PS1",
  "LC_ALL",
  "E0",
  "RAW",
  "NAMES",
  "a",
  "n",
)

const joined = (parts: readonly (RawText | string)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))

test("a shell and env hand on any variables and arguments, byte for byte", () => {
  expect(env).not.toBe("")
  const names = fc.oneof(name, special)
  const variables = fc.uniqueArray(fc.tuple(names, bytes), {
    selector: ([one]) => Buffer.from(one as string).toString("latin1"),
    maxLength: 12,
  })
  fc.assert(
    fc.property(variables, fc.array(bytes, { maxLength: 6 }), (given, args) => {
      const program = {
        file: "/bin/sh",
        argv: ["/bin/sh", "-c", "cat /proc/$$/cmdline /proc/$$/environ", ...args],
      }
      const relay = relayThrough(env, program, given)
      const { stdout } = spawnSync(relay.file, relay.argv.slice(1), {
        env: Object.fromEntries(relay.variables),
      })
      const expected = [...program.argv, ...given.map((pair) => joined([pair[0], "=", pair[1]]))]
      expect(stdout.toString("latin1")).toBe(
        joined(expected.flatMap((one) => [one, "\0"])).toString("latin1"),
      )
    }),
    { numRuns: Math.ceil(60 * Number(process.env["FUZZ"] ?? 1)) },
  )
})

test("no value is among the arguments of what hands it on", () => {
  const value = "canary-5d2c"
  const raw = Buffer.concat([Buffer.from(value), Buffer.from([0xff])])
  const { argv } = relayThrough(env, { file: "/bin/true", argv: ["true"] }, [
    ["A", value],
    ["B", raw],
  ])
  expect(argv.join(" ")).not.toContain(value)
})
