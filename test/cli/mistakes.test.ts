import type { Command } from "commander"
import { describe, expect, test } from "vitest"
import { allCommands, commandPath } from "../../src/cli/commands.ts"
import { exitStatus } from "../../src/cli/exit.ts"
import { makeProgram } from "../../src/cli/program.ts"
import { mistakesOf } from "./mistakes.ts"
import { refusalOf } from "./refusal.ts"

const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
const commands = allCommands(program).filter(({ parent }) => parent !== null)
const byPath = commands.map((command) => ({ path: commandPath(command), command }))

const control = /[\p{Cc}\p{Zl}\p{Zp}]/u

describe("the ten commonest mistakes", () => {
  const rows = Object.entries(mistakesOf).flatMap(([path, mistakes]) =>
    mistakes.map(([line, message, hint = `see envseal ${path} --help`]) => ({ line, message, hint })),
  )

  test("are written down for every command", () => {
    const short = byPath.filter(({ path }) => (mistakesOf[path] ?? []).length < 10).map(({ path }) => path)
    expect(short).toEqual([])
  })

  test.each(rows)(
    "$line is answered with what is wrong and the next step",
    async ({ line, message, hint }) => {
      const refusal = await refusalOf(line.split(" "))
      expect({ message: refusal?.message, hint: refusal?.hint }).toEqual({ message, hint })
      expect(exitStatus(refusal)).toBe(2)
    },
  )
})

/** With its second and third letter in the other order. */
function misspelt(word: string): string {
  const at = /[a-z]/.exec(word)?.index ?? 0
  const [first = "", second = "", third = ""] = word.slice(at)
  return second === third
    ? `${word.slice(0, at)}${second}${first}${word.slice(at + 2)}`
    : `${word.slice(0, at)}${first}${third}${second}${word.slice(at + 3)}`
}

const argsTo = (command: Command) => commandPath(command).split(" ")

describe.each(byPath)("$path, whatever its options are:", ({ command }) => {
  const longs = command.options.flatMap(({ long }) => (long && long.length > 5 ? [long] : []))

  test("each of its options is suggested when two of its letters are swapped", async () => {
    for (const long of longs) {
      const refusal = await refusalOf([...argsTo(command), misspelt(long)])
      expect(refusal?.message).toBe(`unknown option ${misspelt(long)}, did you mean ${long}?`)
    }
  })

  test("an option that takes no value is told so when it is given one, which is not repeated", async () => {
    for (const { long, required, optional } of command.options) {
      if (long == null || required || optional) continue
      const refusal = await refusalOf([...argsTo(command), `${long}=hunter2`])
      expect([refusal?.message, refusal?.hint]).toEqual([`${long} takes no value`, `write it alone: ${long}`])
    }
  })

  test("an option without its value is named, with what the value is", async () => {
    for (const { long, required, flags } of command.options) {
      if (!required) continue
      const refusal = await refusalOf([...argsTo(command), long ?? ""])
      expect(refusal?.message).toBe(`${long} is given without its ${/<.*>/.exec(flags)?.[0]}`)
    }
  })

  test("a value that is none of its choices is told with them", async () => {
    for (const { long, argChoices } of command.options) {
      if (argChoices === undefined) continue
      const refusal = await refusalOf([...argsTo(command), long ?? "", "zzzz"])
      expect(refusal?.message).toBe(`${long}: zzzz is none of ${argChoices.join(", ")}`)
    }
  })

  test("what stands behind the = of an unknown option is not repeated", async () => {
    const refusal = await refusalOf([...argsTo(command), "--frobnicate=hunter2"])
    expect(refusal?.message).toBe("unknown option --frobnicate")
  })

  test.each([
    "S3cr3t-pa$$word",
    "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg=",
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE KEY-----",
    "-xS3cr3t-pa$$word",
    "--S3cr3t-pa$$word",
  ])("%j, which may be a value in the wrong place, is not repeated", async (word) => {
    const isFile = command.registeredArguments[0]?.name() === "file"
    const lines = [...(isFile ? [] : [[]]), ["a"], Array<string>(6).fill(word), [`-p${word}`], [`--${word}`]]
    for (const line of lines) {
      const { message = "", hint = "" } = (await refusalOf([...argsTo(command), ...line, word])) ?? {}
      expect(`${message}${hint}`).not.toMatch(/pa\$\$|AbCdEf.*abcdefg|MIGH/)
    }
  })

  test("line breaks in a word leave the message one line, without escapes", async () => {
    const words = ["--frob\nnicate", "--frob\nnicate=x"]
    for (const word of words) {
      const { message = "", hint = "" } = (await refusalOf([...argsTo(command), word])) ?? {}
      expect(message).toBe("unknown option --frob…")
      expect(`${message}${hint}`).not.toMatch(control)
    }
  })
})
