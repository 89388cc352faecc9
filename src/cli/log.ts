import { stderrIsTerminal, writeStderr } from "../adapters/node/standard-streams.ts"
import { printable } from "../core/text.ts"
import type { Log } from "../ports/log.ts"
import { hasColours, yellow } from "./colour.ts"

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

/**
 * One line on standard error. This is the last guard, whatever a part of the text comes from.
 *
 * @param label what stands before it, in colour where it has one.
 */
export function say(text: string, label = ""): void {
  writeStderr(`envseal: ${label}${printable(text, longestLine)}\n`)
}

export function makeLog({ quiet, debug }: LogOptions): CommandLog {
  return {
    note: (text) => quiet || say(text),
    warn: (text) => quiet || say(text, `${paint(yellow, "warning:")} `),
    debug: (text) => debug && say(`debug: ${text}`),
  }
}
