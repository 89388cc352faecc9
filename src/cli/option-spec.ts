import type { Command } from "commander"

/** An option of a command, as commander and the reader of plain command lines both take it. */
export interface OptionSpec {
  /** As commander writes them, such as `-o, --out <file>`; without `<…>` it takes no value. */
  readonly flags: string
  readonly description: string
  /**
   * Reads the value; without it, the value is the text.
   *
   * @param before what the option had so far, for one that may be repeated.
   * @throws InvalidValue for a value that it may not have.
   */
  readonly read?: (text: string, before?: never) => unknown
  readonly initial?: unknown
  /** The heading that the help has it under; its command's own options have none. */
  readonly group?: string
  /** How the help shows the initial value; as it is without this. */
  readonly shown?: string
}

/** Why an option may not have a value, in words that follow its name. */
export class InvalidValue extends Error {
  /** By which commander knows such a failure. */
  readonly code = "commander.invalidArgument"
  readonly exitCode = 1
}

export function addOptions(command: Command, specs: readonly OptionSpec[]): Command {
  for (const { flags, description, read, initial, shown, group } of specs) {
    const option = command.createOption(flags, description)
    if (read !== undefined) option.argParser(read as (text: string) => unknown)
    if (initial !== undefined) option.default(initial, shown)
    if (group !== undefined) option.helpGroup(group)
    command.addOption(option)
  }
  return command
}

/**
 * The options of a plain command line, without commander, which takes as long to load as an empty program to run.
 *
 * @param args the arguments of the command, without its name and without `--`.
 * @returns what commander would give, or `null` for a line that is not plain: then commander reads it, and says what
 * is wrong.
 */
export function readPlainly(
  specs: readonly OptionSpec[],
  args: readonly string[],
): Record<string, unknown> | null {
  const options: Record<string, unknown> = {}
  for (const spec of specs) {
    const initial = initialOf(spec)
    if (initial !== undefined) options[nameOf(spec)] = initial
  }
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ""
    const equals = word.startsWith("--") ? word.indexOf("=") : -1
    const joined = equals < 0 ? undefined : word.slice(equals + 1)
    const spec = specWritten(equals < 0 ? word : word.slice(0, equals), specs)
    if (spec === null) return null
    const name = nameOf(spec)
    if (!spec.flags.includes("<")) {
      if (joined !== undefined) return null
      options[name] = initialOf(spec) !== true
      continue
    }
    const text = joined ?? args[++at]
    if (text === undefined || (joined === undefined && isLikeOption(text))) return null
    try {
      options[name] = spec.read === undefined ? text : spec.read(text, options[name] as never)
    } catch {
      return null
    }
  }
  return options
}

/** The option that is written so; `null` where none is. Looked for in the flags themselves: a line has few. */
function specWritten(written: string, specs: readonly OptionSpec[]): OptionSpec | null {
  if (!isLikeOption(written) || written.includes(" ")) return null
  for (const spec of specs) {
    if (` ${spec.flags.replace(",", "")} `.includes(` ${written} `)) return spec
  }
  return null
}

/** A dash alone is standard input. */
function isLikeOption(word: string): boolean {
  return word.startsWith("-") && word.length > 1
}

/** What it is without the option: as commander has it, `--no-color` makes of the true `color` a false one. */
function initialOf({ flags, initial }: OptionSpec): unknown {
  return initial ?? (flags.includes("--no-") ? true : undefined)
}

/** The name that commander gives it: `requireTmpfs`, and `color` for `--no-color`. */
function nameOf({ flags }: OptionSpec): string {
  const [long = ""] = flags.slice(flags.indexOf("--") + 2).split(" ", 1)
  const [first = "", ...others] = (long.startsWith("no-") ? long.slice(3) : long).split("-")
  let name = first
  for (const word of others) name += word.charAt(0).toUpperCase() + word.slice(1)
  return name
}
