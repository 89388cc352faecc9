import { stdoutIsTerminal, writeStdout } from "../adapters/node/standard-streams.ts"
import { jsonLines, jsonText, printableLine } from "../core/text.ts"
import { terminalSize } from "./terminal-size.ts"

export {
  stderrIsTerminal,
  stdoutIsTerminal,
  writeStderr,
  writeStdout,
} from "../adapters/node/standard-streams.ts"

/** How wide the terminal on standard output is; infinite where there is none, and lines are for a program. */
export function stdoutColumns(): number {
  // Looking at process.stdout would make a pipe non-blocking.
  return stdoutIsTerminal() ? terminalSize(process.stdout).columns : Number.POSITIVE_INFINITY
}

/** A report for a program: one JSON object on one line. */
export function printJson(value: object): void {
  writeStdout(`${jsonText(value)}\n`)
}

/** A document that is JSON, such as a policy, for a person. */
export function printDocument(value: object): void {
  printPainted(jsonLines(value))
}

/** Lines for a person or a pipe. Whatever a part of them comes from, a terminal shows it and obeys nothing. */
export function printLines(lines: readonly string[]): void {
  printPainted(lines.map(printableLine))
}

/** Lines that have colours: each of their parts was made safe before it was painted. */
export function printPainted(lines: readonly string[]): void {
  writeStdout(lines.map((line) => `${line}\n`).join(""))
}
