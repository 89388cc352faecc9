import { Command } from "commander"
import { describe, expect, test } from "vitest"
import { allCommands, commandPath } from "../../src/cli/commands.ts"
import { type Completion, completionOf } from "../../src/cli/completion.ts"
import { makeProgram } from "../../src/cli/program.ts"

const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
const names = { environments: ["production", "staging"], workloads: ["deployment/web", "cronjob/schedule"] }

const wordsOf = (found: Completion) => (found === "files" ? found : found.map(({ word }) => word))
const at = (line: string) => wordsOf(completionOf(program, line.split(" "), names))
const commands = allCommands(program).filter(({ parent }) => parent !== null)

describe("At the cursor", () => {
  test("behind the program's name every command may stand, with what it does", () => {
    const found = completionOf(program, [""], names)
    expect(wordsOf(found)).toEqual(program.commands.map((command) => command.name()))
    expect(found).toContainEqual({ word: "rekey", about: expect.stringContaining("recipients") })
  })

  test.each(commands.map((command) => [commandPath(command), command] as const))(
    "behind %s all its options may stand",
    (path, { options }) => {
      expect(at(`${path} --`)).toEqual(
        expect.arrayContaining([...options.flatMap(({ long }) => long ?? []), "--help"]),
      )
    },
  )

  test.each(
    commands.filter(({ options }) => options.some(({ long }) => long === "--environment")).map(commandPath),
  )("behind the -e of %s stands an environment", (path) => {
    expect(at(`${path} -e `)).toEqual(["production", "staging"])
    expect(at(`${path} --environment p`)).toEqual(["production"])
    expect(at(`${path} --environment=s`)).toEqual(["--environment=staging"])
  })

  test.each([
    ["dep", ["deploy"]],
    ["deploy ", ["production", "staging"]],
    ["deploy p", ["production"]],
    ["deploy production ", []],
    ["status production ", ["production", "staging"]],
    ["policy p", ["pod"]],
    ["deploy --logs ", ["full", "tail", "none"]],
    ["deploy --logs=t", ["--logs=tail"]],
    ["deploy --logs = t", ["tail"]],
    ["deploy --logs =", ["full", "tail", "none"]],
    ["deploy --stall ", []],
    ["deploy --stall 5m s", ["staging"]],
    ["deploy --detach s", ["staging"]],
    ["env ", ["add"]],
    ["env add qa --from ", ["production", "staging"]],
    ["seal --from ", "files"],
    ["scan ", "files"],
    ["inspect ", "files"],
    ["open -- ls ", "files"],
    ["help exi", ["exit-status"]],
    ["help rek", ["rekey"]],
    ["completion ", ["bash", "zsh", "fish"]],
    ["nonsense ", []],
  ])("of %j stands %j", (line, expected) => {
    expect(at(line)).toEqual(expected)
  })

  test("of an argument or an option that is a workload stands one of the settings", () => {
    const one = new Command("envseal")
    one.command("try").argument("<workload>").option("--on <workload>", "")
    const found = (line: string) => wordsOf(completionOf(one, line.split(" "), names))
    expect(found("try ")).toEqual(names.workloads)
    expect(found("try --on dep")).toEqual(["deployment/web"])
  })
})
