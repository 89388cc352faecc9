import { stderrIsTerminal, writeStderr } from "../adapters/node/standard-streams.ts"
import { printable } from "../core/text.ts"
import type { Log } from "../ports/log.ts"
import { bold, hasColours, yellow } from "./colour.ts"
import { heldBlank, withoutBreaks } from "./hint.ts"
import { stderrColumns } from "./terminal-size.ts"
import { wrap } from "./wrap.ts"

export interface LogOptions {
  readonly quiet: boolean
  readonly debug: boolean
}

/** What a command says on standard error. */
export interface CommandLog extends Log {
  /** What was done, for a person. */
  note(text: string): void
}

/** More than any line has. */
export const longestLine = 10_000

/**
 * Paints by the rule of {@link hasColours}.
 *
 * @param terminal whether the text goes to one; standard error when left out.
 */
export function paint(colour: string, text: string, terminal = stderrIsTerminal()): string {
  const scene = { args: process.argv.slice(2), environment: process.env, terminal }
  return !hasColours(scene) ? text : `\u001b[${colour}m${text}\u001b[0m`
}

/** What stands before a line, as it is read and as it is painted. */
export interface Label {
  readonly text: string
  readonly colour: string
}

export const noLabel: Label = { text: "", colour: bold }
const warningLabel: Label = { text: "warning: ", colour: yellow }

/**
 * One line on standard error, on a terminal broken between words. This is the last guard, whatever a part of the text
 * comes from.
 *
 * @param label what stands before it, in colour where it has one.
 */
export function say(text: string, label: Label = noLabel): void {
  sayFitted(withoutBreaks(printable(text, longestLine)), label)
}

/** The same for a text that is safe for a terminal. No line is broken at a {@link heldBlank} of it. */
export function sayFitted(text: string, { text: label, colour }: Label): void {
  const [first = "", ...others] = wrap(`envseal: ${label}${text}`, { columns: stderrColumns(), indent: "  " })
  const rest = first.slice(`envseal: ${label}`.length)
  const painted = label === "" ? "" : `${paint(colour, label.trimEnd())} `
  const lines = [`envseal: ${painted}${rest}`, ...others].map((line) => line.replaceAll(heldBlank, " "))
  writeStderr(lines.map((line) => `${line}\n`).join(""))
}

export function makeLog({ quiet, debug }: LogOptions): CommandLog {
  return {
    note: (text) => quiet || say(text),
    warn: (text) => quiet || say(text, warningLabel),
    debug: (text) => debug && say(`debug: ${text}`),
  }
}
