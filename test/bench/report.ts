import { execFileSync } from "node:child_process"
import { cpus } from "node:os"
import type { Measured } from "./measure.ts"

/** The measurements as a Markdown table, with ratios to the first of them. */
export function table(measured: readonly Measured[]): string {
  const base = measured[0]?.milliseconds ?? Number.NaN
  const rows = measured.map(({ name, milliseconds, mebibytes }) => [
    name,
    milliseconds.toFixed(1),
    (milliseconds / base).toFixed(1),
    mebibytes === null ? "" : mebibytes.toFixed(0),
  ])
  const lines = [
    ["program", "median, ms", "to the first", "peak memory, MiB"],
    ["---", "---:", "---:", "---:"],
    ...rows,
  ]
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

/**
 * What the numbers were taken on.
 *
 * @param node the version of Node that was measured, where another program runs this.
 */
export function machine(node = process.versions.node): string {
  const [processor] = cpus()
  const kernel = execFileSync("uname", ["-sr"], { encoding: "utf8" }).trim()
  return `${cpus().length} cores of ${processor?.model.trim() ?? "an unknown processor"}, ${kernel}, Node ${node}`
}

const quietLoad = 1.5

/**
 * A sentence for figures that were taken while the machine was busy with other work, and nothing for others.
 *
 * @param before the load average of the minute before the first of them.
 */
export function whetherQuiet(before: number): string {
  if (before <= quietLoad) return ""
  return "**The machine was busy with other work when these figures were taken:** they are rough.\n\n"
}

/** A load as the pages have it. */
export function load(average: number): string {
  return average.toFixed(1)
}
