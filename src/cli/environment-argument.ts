import type { Command } from "commander"
import { EnvsealError } from "../core/error.ts"
import { callOf, commandPath } from "./commands.ts"
import { collect } from "./options.ts"

type Need = "required" | "optional"

/**
 * Lets a command take its environment as its first argument and as `-e`, which mean the same. Its action gets the
 * name as the first argument and as the option `environment`, whichever way it was written.
 *
 * @param need whether the command cannot do without.
 * @param meaning for the help. The option may be there already, with its own.
 */
export function addEnvironmentArgument(
  command: Command,
  need: Need = "optional",
  meaning = "an environment of envseal.yaml",
): Command {
  command.argument("[environment]", meaning)
  if (command.options.every(({ short }) => short !== "-e")) {
    command.option("-e, --environment <name>", "the same")
  }
  return command.hook("preAction", () => {
    const [argument] = command.args
    const { environment } = command.opts<{ environment?: string }>()
    if (argument !== undefined && environment !== undefined && argument !== environment) {
      throw new EnvsealError("USAGE", "two environments are named: one as an argument, one with -e", {
        hint: "drop one of them",
      })
    }
    if (argument !== undefined) refuseFile(command, argument)
    const name = argument ?? environment
    if (name === undefined && need === "required") throw environmentMissing(command)
    command.processedArgs[0] = name
    command.setOptionValue("environment", name)
  })
}

/** A source, or a file that a secret may be in. Nothing else is shown again: it may be a value of one. */
const source = /^(?:(?:file|env|dotenv|aws-sm):[\w./:-]+|[\w./-]*\.(?:json|env)(?:\.[a-z]+)?)$/

/** Who does not know yet that the argument is an environment writes the secret's file there. */
function refuseFile(command: Command, argument: string): void {
  const takesSource = command.options.some(({ long }) => long === "--from")
  if (!takesSource || argument.length > 120 || !source.test(argument)) return
  const scheme = argument.includes(":") ? "" : argument.includes(".json") ? "file:" : "dotenv:"
  throw new EnvsealError("USAGE", `<environment> of ${commandPath(command)}: ${argument} is none`, {
    hint: `give a source with --from ${scheme}${argument}`,
  })
}

function environmentMissing(command: Command): EnvsealError {
  return new EnvsealError("USAGE", `${commandPath(command)} is given without an environment`, {
    hint: `name one of envseal.yaml: ${callOf(command)} production`,
  })
}

/** The same for a command that takes any number of environments. Its action gets all of them as its first argument. */
export function addEnvironmentsArgument(command: Command, meaning: string): Command {
  return command
    .argument("[environments...]", meaning)
    .option("-e, --environment <name>", "the same; repeatable", collect)
    .hook("preAction", () => {
      const { environment = [] } = command.opts<{ environment?: readonly string[] }>()
      command.processedArgs[0] = [...command.args, ...environment]
    })
}
