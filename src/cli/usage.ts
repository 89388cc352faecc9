import type { Command, CommanderError } from "commander"
import { EnvsealError } from "../core/error.ts"
import { isLikeName, nameList } from "../core/text.ts"
import { callOf, commandPath } from "./commands.ts"
import { meantBy } from "./meant.ts"

/** What a usage error is told with. */
export interface UsageScene {
  /** The command that refused its line; the program itself when no command was called. */
  readonly command: Command
  /** Every other command, to say whose option it is. */
  readonly others: readonly Command[]
}

/** What commander refuses, in our words: one line, with what may have been meant, and where to look as the hint. */
export function usageError({ code, message }: CommanderError, scene: UsageScene): EnvsealError {
  const said = message.replace(/^error: /, "").replace(/\.$/, "")
  const told = (tellers[code] ?? plainly)(said, scene)
  return new EnvsealError("USAGE", told.message, { hint: told.hint ?? `see ${callOf(scene.command)} --help` })
}

interface Told {
  readonly message: string
  readonly hint?: string
}

type Teller = (said: string, scene: UsageScene) => Told

const plainly: Teller = (said) => ({ message: said })

const tellers: Readonly<Record<string, Teller>> = {
  "commander.unknownCommand": unknownCommand,
  "commander.unknownOption": unknownOption,
  "commander.excessArguments": excessArguments,
  "commander.missingArgument": missingArgument,
  "commander.optionMissingArgument": optionWithoutValue,
  "commander.invalidArgument": invalidValue,
  "commander.conflictingOption": conflictingOptions,
}

function unknownCommand(said: string, { command }: UsageScene): Told {
  return unknownWord(quotedIn(said), command)
}

/** A word where a command should stand. */
function unknownWord(word: string, command: Command): Told {
  const names = command.commands.map((one) => one.name())
  const meant = meantBy(word, names)
  const shown = isLikeName(word) ? `unknown command ${word}` : "this is not a command"
  return { message: `${shown}${question(meant)}` }
}

function unknownOption(said: string, scene: UsageScene): Told {
  const [word = "", value] = quotedIn(said).split("=", 2)
  if (value !== undefined && flagsOf(scene.command).includes(word)) {
    return { message: `${word} takes no value`, hint: `write it alone: ${word}` }
  }
  const message = `unknown option ${optionShown(word)}`
  const meant = meantBy(
    word,
    flagsOf(scene.command).filter((flag) => flag.startsWith("--")),
  )
  if (meant !== null) return { message: `${message}${question(meant)}` }
  const owners = scene.others.filter((one) => flagsOf(one).includes(word)).map(commandPath)
  if (owners.length === 0) return { message }
  if (scene.command.commands.length > 0) {
    const call = `${callOf(scene.command)} COMMAND ${word}`
    return { message, hint: `options stand behind the command: ${call}` }
  }
  // What most commands have says nothing of what was meant.
  const whose = owners.length > 5 ? "" : `: ${nameList(owners)} ${owners.length === 1 ? "has" : "have"} it`
  return { message: `${message}${whose}` }
}

function excessArguments(said: string, { command }: UsageScene): Told {
  if (command.commands.length > 0) {
    const [, given = ""] = /Expected \d+ arguments? but got \d+: (.*)$/s.exec(said) ?? []
    return unknownWord(given.split(", ", 1)[0] ?? "", command)
  }
  const never = command.parent?.name() === "secret" ? "; a value is never an argument" : ""
  return {
    // None is repeated: one too many may be a value, or a part of one without quotes.
    message: `too many arguments for ${commandPath(command)}`,
    hint: `write: ${usageOf(command)}${never}`,
  }
}

function missingArgument(said: string, { command }: UsageScene): Told {
  const name = quotedIn(said)
  const choices = command.registeredArguments.find((one) => one.name() === name)?.argChoices
  return {
    message: `${commandPath(command)} is given without <${name}>`,
    hint:
      choices === undefined
        ? `write: ${usageOf(command)}`
        : `write one of: ${choices.map((choice) => `${callOf(command)} ${choice}`).join(", ")}`,
  }
}

function optionWithoutValue(said: string): Told {
  const [, flag = "", value = ""] = /(--[a-z-]+) (<.*>)/.exec(quotedIn(said)) ?? []
  return { message: flag === "" ? said : `${flag} is given without its ${value}` }
}

const refusedValue =
  /^(?:option|command-argument value) '(.*?)' (?:argument '(.*)' )?is invalid(?: for argument '(.*?)')?\. (.*)$/s

function invalidValue(said: string, scene: UsageScene): Told {
  const [, first = "", second, argument, reason = ""] = refusedValue.exec(said) ?? []
  const value = second ?? first
  const [option = ""] = /--[a-z-]+/.exec(first) ?? []
  const where = argument === undefined ? option : `<${argument}> of ${commandPath(scene.command)}`
  if (where === "") return { message: said }
  const [, choices] = /^Allowed choices are (.*)$/.exec(reason) ?? []
  const shown = /^[\w:.-]{1,20}$/.test(value) ? value : "this"
  if (choices === undefined) return { message: `${where}: ${shown} is refused`, hint: reason }
  const meant = meantBy(value, choices.split(", "))
  return { message: `${where}: ${shown} is none of ${choices}${question(meant)}` }
}

function conflictingOptions(said: string): Told {
  const flags = [...said.matchAll(/'[^']*?(--[a-z-]+)[^']*'/g)].map(([, flag]) => flag)
  return { message: `${flags.join(" and ")} exclude each other`, hint: "drop one of them" }
}

function question(meant: string | null): string {
  return meant === null ? "" : `, did you mean ${meant}?`
}

/** As much of a word as has the form of an option: what follows may be a value, as in `-pVALUE`. */
function optionShown(word: string): string {
  const [shown = ""] = /^(?:--[a-z][a-z-]{0,29}|--?[a-z]?)/i.exec(word) ?? []
  return shown === word ? shown : `${shown}…`
}

function quotedIn(said: string): string {
  return /'(.*)'/s.exec(said)?.[1] ?? ""
}

function usageOf(command: Command): string {
  return `${callOf(command)} ${command.usage()}`
}

/** Short and long spellings of all its options. */
function flagsOf(command: Command): string[] {
  const options = command.options.flatMap(({ short, long }) => [short, long])
  return [...options, "-h", "--help"].filter((flag) => typeof flag === "string")
}
