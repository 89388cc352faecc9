import { writeStdout } from "../adapters/node/standard-streams.ts"

export {
  stderrIsTerminal,
  stdoutIsTerminal,
  writeStderr,
  writeStdout,
} from "../adapters/node/standard-streams.ts"

/** A report for a program: one JSON object on one line. */
export function printJson(value: object): void {
  writeStdout(`${JSON.stringify(value)}\n`)
}

export function printLines(lines: readonly string[]): void {
  writeStdout(lines.map((line) => `${line}\n`).join(""))
}
