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

interface Flag {
  readonly name: string
  /** What it is without the option. */
  readonly initial: unknown
  readonly takesValue: boolean
  readonly spec: OptionSpec
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
  const flags = flagsOf(specs)
  const options: Record<string, unknown> = {}
  for (const { name, initial } of flags.values()) {
    if (initial !== undefined) options[name] = initial
  }
  for (let at = 0; at < args.length; at++) {
    const [, written = "", joined] = /^(--[a-z-]+|-[a-zA-Z])(?:=(.*))?$/s.exec(args[at] ?? "") ?? []
    const flag = flags.get(written)
    if (flag === undefined || (joined !== undefined && !written.startsWith("--"))) return null
    if (!flag.takesValue) {
      if (joined !== undefined) return null
      options[flag.name] = flag.initial !== true
      continue
    }
    const text = joined ?? args[++at]
    if (text === undefined || (joined === undefined && /^-./.test(text))) return null
    try {
      options[flag.name] =
        flag.spec.read === undefined ? text : flag.spec.read(text, options[flag.name] as never)
    } catch {
      return null
    }
  }
  return options
}

/** Under each of its spellings. */
function flagsOf(specs: readonly OptionSpec[]): ReadonlyMap<string, Flag> {
  const flags = new Map<string, Flag>()
  for (const spec of specs) {
    const [, short, long = "", value] = /^(?:(-\w), )?--([a-z-]+)( <.*>)?$/.exec(spec.flags) ?? []
    // As commander has it, `--no-color` makes of the true `color` a false one.
    const isNegated = long.startsWith("no-")
    const name = camelCase(isNegated ? long.slice(3) : long)
    const initial = spec.initial ?? (isNegated ? true : undefined)
    const flag = { name, initial, takesValue: value !== undefined, spec }
    flags.set(`--${long}`, flag)
    if (short !== undefined) flags.set(short, flag)
  }
  return flags
}

function camelCase(name: string): string {
  return name.includes("-") ? name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()) : name
}
