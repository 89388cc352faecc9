import type { Argument, Command, Option } from "commander"
import { allCommands, commandPath } from "./commands.ts"
import { helpTopics } from "./topics.ts"

/** Names that only the settings have. */
export interface KnownNames {
  readonly environments: readonly string[]
  /** Such as `deployment/web`, each once. */
  readonly workloads: readonly string[]
}

/** A word that may stand at the cursor, and what it is. */
export interface Suggestion {
  readonly word: string
  readonly about: string
}

/** What may stand at the cursor: one of these words, or a file. */
export type Completion = readonly Suggestion[] | "files"

/** Where the words before the cursor have led to. */
interface Place {
  readonly command: Command
  /** How many of its arguments stand before the cursor. */
  readonly given: number
  /** The option whose value is to come; `null` for none. */
  readonly awaited: Option | null
}

/**
 * What may stand at the cursor.
 *
 * @param words those of the line behind the program's name, up to the cursor; the last one is what is begun there.
 */
export function completionOf(program: Command, words: readonly string[], names: KnownNames): Completion {
  const before = words.slice(0, -1)
  const begun = words.at(-1) ?? ""
  if (before.includes("--")) return "files"
  const place = placeOf(program, before)
  // bash has taken the line apart at the = too.
  return beginningWith(begun === "=" ? "" : begun, wordsAt(place, begun, program, names))
}

function placeOf(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, given: 0, awaited: null }
  for (const word of words) place = after(place, word)
  return place
}

function after({ command, given, awaited }: Place, word: string): Place {
  if (awaited !== null) return { command, given, awaited: word === "=" ? awaited : null }
  if (word.startsWith("-")) return { command, given, awaited: optionNamed(command, word) }
  const below = command.commands.find((one) => one.name() === word)
  return below === undefined
    ? { command, given: given + 1, awaited }
    : { command: below, given: 0, awaited: null }
}

/** The option that takes the next word; `null` for one that takes none. */
function optionNamed({ options }: Command, word: string): Option | null {
  const option = options.find(({ short, long }) => short === word || long === word)
  return option?.required === true ? option : null
}

function wordsAt(place: Place, begun: string, program: Command, names: KnownNames): Completion {
  const { command, given, awaited } = place
  if (awaited !== null) return valuesOf(awaited, command, names)
  const [, flag = "", value] = /^(--[a-z-]+)(=)?/.exec(begun) ?? []
  const joined = value === undefined ? null : optionNamed(command, flag)
  if (joined !== null) return prefixed(`${flag}=`, valuesOf(joined, command, names))
  if (begun.startsWith("-")) return optionsOf(command)
  if (command.commands.length > 0 && given === 0) {
    return command.commands.map((one) => ({ word: one.name(), about: one.description() }))
  }
  const { registeredArguments: all } = command
  const argument = all[given] ?? (all.at(-1)?.variadic === true ? all.at(-1) : undefined)
  return argument === undefined ? [] : argumentsOf(argument, program, names)
}

function optionsOf(command: Command): Suggestion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : []))
}

function valuesOf(option: Option, command: Command, names: KnownNames): Completion {
  const { argChoices, long, flags } = option
  if (argChoices !== undefined) return plain(argChoices)
  const isEnvironment = long === "--environment" || (long === "--from" && commandPath(command) === "env add")
  if (isEnvironment) return plain(names.environments)
  const value = /<(.*)>/.exec(flags)?.[1] ?? ""
  // Of a registry: only the argument of scan is a file.
  return value === "image" ? [] : namesFor(value, names)
}

function argumentsOf(argument: Argument, program: Command, names: KnownNames): Completion {
  if (argument.argChoices !== undefined) return plain(argument.argChoices)
  if (argument.name() !== "topic") return namesFor(argument.name(), names)
  const commands = allCommands(program).filter(({ parent }) => parent === program)
  return [
    ...plain(Object.keys(helpTopics)),
    ...commands.map((one) => ({ word: one.name(), about: one.description() })),
  ]
}

/** By what the help calls a value. */
function namesFor(value: string, { environments, workloads }: KnownNames): Completion {
  if (/^environments?$/.test(value)) return plain(environments)
  if (/^workloads?$/.test(value)) return plain(workloads)
  return ["file", "image", "source", "before", "after"].includes(value) ? "files" : []
}

function plain(words: readonly string[]): Suggestion[] {
  return words.map((word) => ({ word, about: "" }))
}

function prefixed(text: string, found: Completion): Completion {
  return found === "files" ? found : found.map(({ word, about }) => ({ word: `${text}${word}`, about }))
}

function beginningWith(begun: string, found: Completion): Completion {
  return found === "files" ? found : found.filter(({ word }) => word.startsWith(begun))
}
