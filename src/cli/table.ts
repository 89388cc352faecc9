import cliTruncate from "cli-truncate"
import type { Paint } from "./colour.ts"

/** What stands in one place of a table, safe for a terminal. */
export interface Cell {
  readonly text: string
  /** By its number; `null` for none. */
  readonly colour: string | null
}

export interface TableLayout {
  /** Before each row. */
  readonly indent: string
  /** Of the terminal; infinite where there is none. The first column is cut to what the others leave. */
  readonly columns?: number
  /** The most that each column may have; infinite where it is left out. */
  readonly widest?: readonly number[]
  readonly paint?: Paint
}

/** Between two columns. */
const gap = "  "
/** The first column has so much, however narrow the terminal. */
const narrowest = 10

/** Rows as lines, one each, whose columns stand below one another. A column that is empty everywhere is left out. */
export function tableLines(
  rows: readonly (readonly (Cell | string)[])[],
  { indent, columns = Number.POSITIVE_INFINITY, widest = [], paint = (_, text) => text }: TableLayout,
): readonly string[] {
  const all = rows.map((row) => row.map((cell) => (typeof cell === "string" ? plain(cell) : cell)))
  const widths = within(columns - indent.length, widthsOf(all, widest))
  return all.map((row) => {
    const fitted = row.flatMap((cell, column) => {
      const width = widths[column] ?? 0
      return width === 0 ? [] : [painted(cell, width, paint)]
    })
    return `${indent}${fitted.join(gap)}`.trimEnd()
  })
}

/** A text cut or filled up to a width. */
export function inWidth(text: string, width: number): string {
  return cliTruncate(text, width).padEnd(width)
}

function plain(text: string): Cell {
  return { text, colour: null }
}

/** How wide each column is by its widest cell. */
function widthsOf(rows: readonly (readonly Cell[])[], widest: readonly number[]): readonly number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  return Array.from({ length: columns }, (_, column) => {
    const needed = Math.max(0, ...rows.map((row) => row[column]?.text.length ?? 0))
    return Math.min(needed, widest[column] ?? needed)
  })
}

function within(columns: number, [first = 0, ...others]: readonly number[]): readonly number[] {
  const taken = others.reduce((sum, width) => sum + width + gap.length, 0)
  return [Math.min(first, Math.max(narrowest, columns - taken)), ...others]
}

/** What is painted takes no more room. */
function painted({ text, colour }: Cell, width: number, paint: Paint): string {
  const fitted = inWidth(text, width)
  if (colour === null) return fitted
  const shown = fitted.trimEnd()
  return `${paint(colour, shown)}${fitted.slice(shown.length)}`
}
