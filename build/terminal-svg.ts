import type { Row, Run } from "./terminal-screen.ts"

const characterWidth = 8.4
const lineHeight = 19
const margin = 16
const bar = 30

const usual = "#e6edf3"
/** The terminal's palette, on the dark ground that the picture brings: it is read alike on a light and a dark page. */
const palette = [
  ...["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"],
  ...["#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff"],
]

/**
 * A picture of a terminal. Each run of characters begins at its own column, whatever font a browser takes.
 *
 * @param title what a screen reader says of it
 * @param columns its width, in characters
 */
export function terminalSvg(rows: readonly Row[], title: string, columns: number): string {
  const width = Math.ceil(columns * characterWidth + 2 * margin)
  const height = bar + rows.length * lineHeight + margin
  const lines = rows.map((row, at) => lineSvg(row, bar + (at + 0.8) * lineHeight))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace" font-size="14">
  <title id="title">${escaped(title)}</title>
  <rect width="${width}" height="${height}" rx="8" fill="#161b22"/>
  <circle cx="20" cy="16" r="6" fill="#ff5f57"/><circle cx="40" cy="16" r="6" fill="#febc2e"/><circle cx="60" cy="16" r="6" fill="#28c840"/>
  <g fill="${usual}">
${lines.filter((line) => line !== "").join("\n")}
  </g>
</svg>
`
}

function lineSvg(row: Row, y: number): string {
  if (row.length === 0) return ""
  return `    <text y="${y.toFixed(1)}" xml:space="preserve">${row.map(runSvg).join("")}</text>`
}

function runSvg({ column, text, colour, bold, dim }: Run): string {
  const looks = [
    colour === null ? "" : ` fill="${palette[colour] ?? usual}"`,
    bold ? ' font-weight="bold"' : "",
    dim ? ' opacity="0.7"' : "",
  ]
  return `<tspan x="${(margin + column * characterWidth).toFixed(1)}"${looks.join("")}>${escaped(text)}</tspan>`
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}

/** The lines of a picture that {@link terminalSvg} made, as text. Empty lines are left out. */
export function linesOfSvg(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, line = ""]) =>
    [...line.matchAll(/<tspan x="([\d.]+)"[^>]*>([^<]*)<\/tspan>/g)].reduce(
      (text, [, x, run = ""]) =>
        text.padEnd(Math.round((Number(x) - margin) / characterWidth)) + unescaped(run),
      "",
    ),
  )
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
}
