import { stderrIsTerminal, writeStderr } from "../adapters/node/standard-streams.ts"
import { printable } from "../core/text.ts"
import type { Log } from "../ports/log.ts"
import { bold, red, yellow } from "./colour.ts"

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
const maxLength = 10_000

/**
 * Paints for a terminal, unless it asks for plain text (no-color.org).
 *
 * @param terminal whether the text goes to one; standard error when left out.
 */
export function paint(colour: string, text: string, terminal = stderrIsTerminal()): string {
  const plain = !terminal || process.env["NO_COLOR"] || process.env["TERM"] === "dumb"
  return plain ? text : `\u001b[${colour}m${text}\u001b[0m`
}

/** One line on standard error. An identity that was typed where another argument belongs is not repeated. */
export function say(text: string): void {
  writeStderr(`envseal: ${text.replace(/AGE-SECRET-KEY-[0-9A-Z-]*/gi, "AGE-SECRET-KEY-…")}\n`)
}

export function makeLog({ quiet, debug }: LogOptions): CommandLog {
  return {
    note: (text) => quiet || say(text),
    // The last guard, whatever a part of a text comes from.
    warn: (text) => quiet || say(`${paint(yellow, "warning:")} ${printable(text, maxLength)}`),
    debug: (text) => debug && say(`debug: ${printable(text, maxLength)}`),
  }
}

export const errorLabel = (): string => paint(red, "error:")
export const hintLabel = (): string => paint(bold, "hint:")
