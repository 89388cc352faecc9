/** What the table of pods' starts says. */
export interface PodStart {
  /** The median without envseal, in milliseconds. */
  readonly without: number
  /** What envseal adds, in milliseconds: the median of the pairs. */
  readonly added: number
  /** That of a start without it, as the table has it. */
  readonly share: string
}

const width = 890
const rowHeight = 34
const top = 44
const barsAt = 210
const barsWidth = 500

/**
 * What the table of pods' starts in docs/benchmarks.md says.
 *
 * @throws Error when there is none
 */
export function podStart(page: string): PodStart {
  const [, table = ""] = /<!-- bench:pod:begin -->([\s\S]*?)<!-- bench:pod:end -->/.exec(page) ?? []
  const [, without] = /^\| without envseal[^|]*\| (\d+) \|/m.exec(table) ?? []
  const [, added, share] = /^\| \*\*what envseal adds\*\*[^|]*\| (-?\d+) \| ([^|]+) \|/m.exec(table) ?? []
  if (without === undefined || added === undefined || share === undefined)
    throw new Error("docs/benchmarks.md has no table of starts")
  return { without: Number(without), added: Number(added), share }
}

/** A bar for a start without envseal, and one that goes on in another color by what envseal adds. */
export function podStartSvg({ without, added, share }: PodStart): string {
  const more = Math.max(0, added)
  const scale = barsWidth / (without + more)
  const [plain, sealed] = [without, without + more].map((milliseconds) => round(milliseconds * scale))
  const height = top + 2 * rowHeight + 14
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13">
  <title id="title">From a container's start to Laravel's first answer: ${without} ms without envseal, and ${added} ms more with it</title>
  <rect x="1" y="1" width="${width - 2}" height="${height - 2}" rx="8" fill="#ffffff" stroke="#d0d7de"/>
  <text x="16" y="27" fill="#1f2328" font-weight="600">From container start to Laravel's first answer</text>
${barSvg("without envseal", top, [{ length: plain ?? 0, color: "#8c959f" }], `${without} ms`)}
${barSvg(
  "with envseal open, KMS",
  top + rowHeight,
  [
    { length: plain ?? 0, color: "#8c959f" },
    { length: round((sealed ?? 0) - (plain ?? 0)), color: "#0969da" },
  ],
  `${added} ms more, ${share}`,
)}
</svg>
`
}

interface Part {
  readonly length: number
  readonly color: string
}

function barSvg(name: string, y: number, parts: readonly Part[], text: string): string {
  let at = barsAt
  const rows = parts.map(({ length, color }) => {
    const row = `  <rect x="${round(at)}" y="${y + 6}" width="${length}" height="${rowHeight - 12}" fill="${color}"/>`
    at += length
    return row
  })
  return [
    `  <text x="${barsAt - 10}" y="${y + 21}" text-anchor="end" fill="#1f2328">${name}</text>`,
    ...rows,
    `  <text x="${round(at + 8)}" y="${y + 21}" fill="#1f2328">${text}</text>`,
  ].join("\n")
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
