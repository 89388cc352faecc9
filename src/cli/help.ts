import type { Command, Help, Option } from "commander"
import { EnvsealError } from "../core/error.ts"
import { isLikeName } from "../core/text.ts"
import { allCommands, commandPath } from "./commands.ts"
import { meantBy } from "./meant.ts"
import { stdoutColumns, writeStdout } from "./output.ts"
import { helpTopics } from "./topics.ts"

/** For a pipe too: who reads it later has a terminal. */
const usualColumns = 80

export function addHelp(program: Command): void {
  program
    .command("help")
    .description("show help for a command, or for one of the topics: environment, exit-status")
    .argument("[topic...]", "a command, environment (variables) or exit-status")
    .action((words: readonly string[]) => showHelp(program, words))
}

/** @throws EnvsealError `USAGE` for what is neither a command nor a topic. */
function showHelp(program: Command, words: readonly string[]): void {
  const path = words.join(" ")
  const topic = Object.hasOwn(helpTopics, path) ? helpTopics[path] : undefined
  if (topic !== undefined) {
    writeStdout(`${topic(Math.min(usualColumns, stdoutColumns())).join("\n")}\n`)
    return
  }
  const commands = allCommands(program).filter(({ parent }) => parent !== null)
  const command = path === "" ? program : commands.find((one) => commandPath(one) === path)
  if (command !== undefined) {
    command.outputHelp()
    return
  }
  const names = [...commands.map(commandPath), ...Object.keys(helpTopics)]
  // Of a command with its argument, such as policy build, the command has the help.
  const [first = ""] = words
  const meant = meantBy(path, names) ?? (names.includes(first) ? first : null)
  const shown = words.every(isLikeName) ? JSON.stringify(path) : "this"
  throw new EnvsealError("USAGE", `there is no help for ${shown}`, {
    hint: meant === null ? "see envseal help" : `did you mean: envseal help ${meant}`,
  })
}

type Described = Pick<Option, "description" | "argChoices" | "defaultValue" | "defaultValueDescription">

function described({ description, argChoices, defaultValue, defaultValueDescription }: Described): string {
  const choices = argChoices === undefined ? [] : [`choices: ${argChoices.join(", ")}`]
  const isTold = defaultValue !== undefined && typeof defaultValue !== "boolean"
  const shown = isTold ? [`default: ${defaultValueDescription ?? String(defaultValue)}`] : []
  const extra = [...choices, ...shown]
  return extra.length === 0 ? description : `${description} (${extra.join("; ")})`
}

/** How options and arguments are told: a default that is no surprise is none to tell. */
export const helpStyle: Partial<Help> = {
  showGlobalOptions: false,
  optionDescription: described,
  argumentDescription: described,
  subcommandTerm: (command: Command): string => command.name(),
}
