import { join } from "node:path"
import { type Row, screenOf, textOf } from "./terminal-screen.ts"

const root = join(import.meta.dirname, "..")

/** The width of the picture's terminal, in characters. */
export const pictureColumns = 96

/**
 * Runs the demo of a deploy on a terminal. @returns what is seen of its first part, a deploy that succeeds, from the
 * command to the last line
 */
export async function deployScreen(): Promise<Row[]> {
  const command = `'${process.execPath}' test/demo/deploy.ts`
  const rows = await screenOf(command, { columns: pictureColumns, rows: 60, cwd: root })
  const from = rows.findIndex((row) => textOf(row).startsWith("$ envseal deploy "))
  const to = rows.findIndex((row) => textOf(row).startsWith("(status 0)"))
  if (from < 0 || to < from) throw new Error("the demo shows no deploy that ends with 0")
  return rows.slice(from, to)
}
