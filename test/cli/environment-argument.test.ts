import { Command } from "commander"
import { describe, expect, test } from "vitest"
import { allCommands, commandPath } from "../../src/cli/commands.ts"
import { addEnvironmentArgument, addEnvironmentsArgument } from "../../src/cli/environment-argument.ts"
import { makeProgram } from "../../src/cli/program.ts"

const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
const commands = allCommands(program)

const hasOption = (command: Command) => command.options.some(({ long }) => long === "--environment")
const argumentsOf = (command: Command) => command.registeredArguments.map((argument) => argument.name())

describe("Of all commands,", () => {
  test("each with -e takes the environment as its argument too, unless it has another one", () => {
    const only = commands.filter(
      (command) => hasOption(command) && !/^environments?$/.test(argumentsOf(command)[0] ?? ""),
    )
    const another = only.filter((command) => argumentsOf(command).length > 0)
    expect(only.map(commandPath)).toEqual(another.map(commandPath))
    expect(only.map(commandPath)).toEqual(expect.arrayContaining(["policy", "diff", "scan"]))
  })

  test("each whose only argument is an environment takes -e too", () => {
    const isOnly = (names: readonly string[]) => names.length === 1 && /^environments?$/.test(names[0] ?? "")
    const by = commands.filter((command) => isOnly(argumentsOf(command)))
    expect(by.filter((command) => !hasOption(command)).map(commandPath)).toEqual([])
    expect(by.map(commandPath)).toEqual(
      expect.arrayContaining(["doctor", "seal", "check", "open", "deploy", "rollback", "status"]),
    )
  })

  test("each with -e has --environment as its long form", () => {
    const short = commands.flatMap(({ options }) => options.filter((option) => option.short === "-e"))
    expect(short.filter(({ long }) => long !== "--environment")).toEqual([])
  })
})

/** What the action of a command gets. */
function run(add: (command: Command) => Command, args: readonly string[]): unknown {
  let got: unknown
  const command = add(new Command("try").exitOverride()).action((first: unknown, options: object) => {
    got = [first, options]
  })
  command.parse(args, { from: "user" })
  return got
}

describe("The environment of a command", () => {
  test.each([[["qa"]], [["-e", "qa"]], [["--environment=qa"]], [["qa", "-e", "qa"]]])(
    "is the same, written as %j",
    (args) => {
      expect(run(addEnvironmentArgument, args)).toEqual(["qa", { environment: "qa" }])
    },
  )

  test("may be left out where it is optional", () => {
    expect(run(addEnvironmentArgument, [])).toEqual([undefined, { environment: undefined }])
  })

  test("is asked for where it is required", () => {
    const add = (command: Command) => addEnvironmentArgument(command, "required")
    expect(() => run(add, [])).toThrow("try is given without an environment")
  })

  test("is refused when the two forms name different ones", () => {
    expect(() => run(addEnvironmentArgument, ["qa", "-e", "production"])).toThrow(
      "two environments are named",
    )
  })
})

describe("The environments of a command", () => {
  test.each([
    [[], []],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [
      ["-e", "a", "-e", "b"],
      ["a", "b"],
    ],
    [
      ["a", "-e", "b"],
      ["a", "b"],
    ],
  ])("of %j are %j", (args, names) => {
    const [got] = run((command) => addEnvironmentsArgument(command, "some"), args) as [unknown]
    expect(got).toEqual(names)
  })
})
