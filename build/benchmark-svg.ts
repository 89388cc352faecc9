/** A row of the benchmarks' table. */
export interface BenchmarkRow {
  readonly program: string
  /** The median of whole processes. */
  readonly milliseconds: number
  /** Whether it is envseal's. */
  readonly own: boolean
}

const rowHeight = 26
const barsAt = 385
const barsWidth = 420
const width = 910
const top = 44

/**
 * The rows of the first table of docs/benchmarks.md.
 *
 * @throws Error when there is none
 */
export function benchmarkRows(page: string): BenchmarkRow[] {
  const [, table = ""] = /<!-- bench:begin -->([\s\S]*?)<!-- bench:end -->/.exec(page) ?? []
  const rows = [...table.matchAll(/^\| ([^|]+) \| ([\d.]+) \|/gm)].map(([, program = "", median]) => ({
    program: program.replaceAll("**", ""),
    milliseconds: Number(median),
    own: program.includes("**"),
  }))
  if (rows.length === 0) throw new Error("docs/benchmarks.md has no table of times")
  return rows
}

/** A bar for each row, on a scale of powers of ten: the slowest takes a hundred times as long as the fastest. */
export function benchmarkSvg(rows: readonly BenchmarkRow[]): string {
  const times = rows.map(({ milliseconds }) => milliseconds)
  const decades = Math.ceil(Math.log10(Math.max(...times)))
  const place = (milliseconds: number) =>
    barsAt + (Math.max(0, Math.log10(milliseconds)) / decades) * barsWidth
  const height = top + rows.length * rowHeight + 14
  const marks = Array.from({ length: decades + 1 }, (_, power) => 10 ** power)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">
  <title id="title">Median time of a whole process, in milliseconds, on a logarithmic scale</title>
  <rect x="1" y="1" width="${width - 2}" height="${height - 2}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
  <g stroke="#d0d7de">
${marks.map((mark) => `    <path d="M${round(place(mark))} ${top - 6}V${height - 14}"/>`).join("\n")}
  </g>
  <g fill="#57606a" text-anchor="middle">
${marks.map((mark) => `    <text x="${round(place(mark))}" y="${top - 14}">${mark} ms</text>`).join("\n")}
  </g>
${rows.map((row, at) => rowSvg(row, top + at * rowHeight, place(row.milliseconds))).join("\n")}
</svg>
`
}

function rowSvg({ program, milliseconds, own }: BenchmarkRow, y: number, end: number): string {
  const text = y + 17
  return [
    `  <text x="${barsAt - 10}" y="${text}" text-anchor="end" fill="#1f2328"${own ? ' font-weight="600"' : ""}>${escaped(program)}</text>`,
    `  <rect x="${barsAt}" y="${y + 4}" width="${round(end - barsAt)}" height="${rowHeight - 8}" rx="2" fill="${own ? "#0969da" : "#8c959f"}"/>`,
    `  <text x="${round(end + 6)}" y="${text}" fill="#1f2328">${milliseconds.toFixed(1)}</text>`,
  ].join("\n")
}

const round = (value: number) => Math.round(value * 10) / 10

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}
