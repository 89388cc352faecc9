import { spawn } from "node:child_process"
import xterm from "@xterm/headless"

/** Characters beside one another that look the same. */
export interface Run {
  /** Where it begins, counted from 0. */
  readonly column: number
  readonly text: string
  /** 0 to 15 of the terminal's palette, or `null` for its usual colour. */
  readonly colour: number | null
  readonly bold: boolean
  readonly dim: boolean
}

/** One line of a screen, without the blanks at its end. */
export type Row = readonly Run[]

/**
 * Runs a program on a terminal (util-linux `script`), and gives back what a person sees once it has ended: all lines,
 * those too that have gone off at the top.
 *
 * @throws Error when its status is not 0
 */
export async function screenOf(
  command: string,
  { columns, rows, cwd }: { columns: number; rows: number; cwd: string },
): Promise<Row[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true })
  const line = `stty cols ${columns} rows ${rows}; exec ${command}`
  const args = ["--quiet", "--return", "--flush", "--command", line, "/dev/null"]
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    SHELL: "/bin/sh",
    TERM: "xterm-256color",
  }
  const child = spawn("script", args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] })
  child.stdout.on("data", (chunk: Uint8Array) => terminal.write(chunk))
  const status = await new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  if (status !== 0) throw new Error(`${command} exited with ${status}`)
  await new Promise<void>((resolve) => terminal.write("", resolve))
  const { active } = terminal.buffer
  const lines = Array.from({ length: active.length }, (_, at) => rowOf(terminal, at))
  return lines.slice(0, lines.findLastIndex((row) => row.length > 0) + 1)
}

function rowOf(terminal: xterm.Terminal, at: number): Row {
  const line = terminal.buffer.active.getLine(at)
  const runs: Run[] = []
  for (let column = 0; column < (line?.length ?? 0); column++) {
    const cell = line?.getCell(column)
    if (cell === undefined || cell.getWidth() === 0) continue
    const text = cell.getChars() || " "
    const colour = cell.isFgPalette() ? cell.getFgColor() : null
    const look = { colour, bold: cell.isBold() !== 0, dim: cell.isDim() !== 0 }
    const last = runs.at(-1)
    if (last !== undefined && last.colour === look.colour && last.bold === look.bold && last.dim === look.dim)
      runs[runs.length - 1] = { ...last, text: last.text + text }
    else runs.push({ column, text, ...look })
  }
  return withoutEnd(runs)
}

function withoutEnd(runs: readonly Run[]): Row {
  const kept = runs.slice(0, runs.findLastIndex(({ text }) => text.trim() !== "") + 1)
  return kept.map((run, at) => (at === kept.length - 1 ? { ...run, text: run.text.trimEnd() } : run))
}

/** What a line says. */
export function textOf(row: Row): string {
  return row.reduce((text, run) => text.padEnd(run.column) + run.text, "")
}
