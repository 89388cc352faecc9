import { Command } from "commander"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { addOptions, readPlainly } from "../../src/cli/option-spec.ts"
import { openOptions } from "../../src/open/command/open.ts"
import { runs } from "../dotenv/values.ts"

/** What commander makes of a command line; `null` when it refuses it. */
function byCommander(args: readonly string[]): object | null {
  const command = addOptions(new Command("open"), openOptions)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
  try {
    command.parse(args, { from: "user" })
    return command.args.length === 0 ? command.opts() : null
  } catch {
    return null
  }
}

const words = openOptions.flatMap(({ flags }) => flags.replace(/ <.*/, "").split(", "))
const word = fc.constantFrom(...words)
const value = fc.constantFrom(
  "x",
  "a=b",
  "0440",
  "0000",
  "20s",
  "5h",
  "-",
  "--",
  "-x",
  "--stdout",
  "",
  "key.txt",
  "a b",
  "=",
  "é",
  "-i",
)
const token = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 4, arbitrary: value },
  { weight: 2, arbitrary: fc.tuple(word, value).map(([name, text]) => `${name}=${text}`) },
  { weight: 1, arbitrary: fc.tuple(word, value).map(([name, text]) => `${name}${text}`) },
  { weight: 1, arbitrary: word.map((name) => name.slice(0, -1)) },
)

describe("a command line that is read without commander", () => {
  test("gives what commander gives, or is left to commander", () => {
    let plain = 0
    fc.assert(
      fc.property(fc.array(token, { maxLength: 6 }), (args) => {
        const options = readPlainly(openOptions, args)
        if (options === null) return
        plain++
        expect(options).toEqual(byCommander(args))
      }),
      { ...runs(2000), examples: [[["--in", "x", "-i", "a", "-i", "b"]]] },
    )
    expect(plain).toBeGreaterThan(0)
  })

  test.each([
    [[]],
    [["--expect", "app=shop,environment=production"]],
    [["--expect=app=shop", "-i", "key.txt", "--identity", "other.txt", "--stdout"]],
    [["-o", "/run/.env", "--mode", "0440", "--owner", "www-data", "--require-tmpfs", "--timeout=5s"]],
    [["--in", "-", "-o", "-", "-q", "--debug", "--env", "--allow-instance-role", "-e", "production"]],
  ])("is a plain one: %j", (args) => {
    expect(readPlainly(openOptions, args)).toEqual(byCommander(args))
    expect(byCommander(args)).not.toBeNull()
  })

  test.each([
    ["--help"],
    ["-h"],
    ["--unknown"],
    ["word"],
    ["--in"],
    ["--mode 0000"],
    ["--timeout 5h"],
    ["--stdout=yes"],
    ["-ikey.txt"],
    ["--ident key.txt"],
    ["-o --stdout"],
    ["-qi key.txt"],
  ])("is left to commander: %s", (line) => {
    expect(readPlainly(openOptions, line.split(" "))).toBeNull()
  })
})
