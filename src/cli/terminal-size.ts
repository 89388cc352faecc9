import { stderrIsTerminal } from "../adapters/node/standard-streams.ts"

const usual = { columns: 80, rows: 24 }

/** A stream that may be a terminal: only then has it a size. */
interface Sized {
  readonly columns?: number
  readonly rows?: number
}

/** The size of a terminal. One that says 0, as a new one does that nobody has sized, counts as of 80 by 24. */
export function terminalSize({ columns, rows }: Sized): { readonly columns: number; readonly rows: number } {
  return { columns: columns || usual.columns, rows: rows || usual.rows }
}

/** How wide the terminal on standard error is; infinite where there is none, and lines are for a program. */
export function stderrColumns(): number {
  return stderrIsTerminal() ? terminalSize(process.stderr).columns : Number.POSITIVE_INFINITY
}
