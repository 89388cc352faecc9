import { readFileSync, writeFileSync } from "node:fs"

export interface Row {
  readonly reader: string
  readonly version: string
  readonly right: number
  readonly of: number
}

const begin = "<!-- readers:begin -->"
const end = "<!-- readers:end -->"
const path = new URL("../../../docs/format.md", import.meta.url)

export function renderTable(rows: readonly Row[]): string {
  const lines = rows.map(({ reader, version, right, of }) => `| ${reader} | ${version} | ${right} of ${of} |`)
  return ["| reader | version | values right |", "| --- | --- | --- |", ...lines].join("\n")
}

/** The table that stands in docs/format.md. */
export function documentedTable(): string {
  const text = readFileSync(path, "utf8")
  return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim()
}

export function writeTable(table: string): void {
  const text = readFileSync(path, "utf8")
  const head = text.slice(0, text.indexOf(begin) + begin.length)
  writeFileSync(path, `${head}\n${table}\n${text.slice(text.indexOf(end))}`)
}
