import cliTruncate from "cli-truncate"
import { bold, dim, green, type Paint, red, yellow } from "../../cli/colour.ts"
import { printable } from "../../core/text.ts"
import type { EnvironmentStatus, WorkloadStatus } from "../core/status.ts"
import { fold } from "./fold.ts"
import {
  buildText,
  commitText,
  failureText,
  imageText,
  lockText,
  mixedText,
  releaseTexts,
  remarksOn,
  rolloutText,
  secretTexts,
} from "./words.ts"

export interface TableOptions {
  /** Width of the terminal; infinite for a file or a pipe. */
  readonly columns: number
  readonly paint: Paint
}

const heads = ["WORKLOAD", "IMAGE", "BUILD", "COMMIT", "SECRET", "ROLLOUT"] as const
/** No cell is wider than this on any terminal. The first cell gets what the others leave. */
const widest = [Number.POSITIVE_INFINITY, 14, 9, 8, 7, 19] as const
const narrowest = 10
const gap = "  "

/** What runs in an environment: a row for each workload, and under it what there is to say of it. */
export function tableOf(status: EnvironmentStatus, options: TableOptions): readonly string[] {
  const { environment, app, cluster, namespace, workloads, failures } = status
  const place = `${printable(app)} on ${printable(cluster)}, namespace ${printable(namespace)}`
  const remark = (text: string, colour: string | null = null) => indented(text, "  ", colour, options)
  return [
    ...titleLines(printable(environment), place, options),
    ...(workloads.length === 0 ? [] : workloadLines(workloads, options)),
    ...releaseTexts(status).flatMap((text) => remark(text)),
    ...secretTexts(status).flatMap((text) => remark(text, text.startsWith("stale") ? yellow : null)),
    ...(status.mixed ? remark(mixedText(status), yellow) : []),
    ...(status.lock === null ? [] : remark(lockText(status.lock), yellow)),
    ...failures.flatMap((failure) => remark(failureText(failure), red)),
  ]
}

/** A file has no width to cut at. */
function cut(text: string, columns: number): string {
  return Number.isFinite(columns) ? cliTruncate(text, columns) : text
}

function titleLines(name: string, place: string, options: TableOptions): readonly string[] {
  const { columns, paint } = options
  const fits = name.length + gap.length + place.length <= columns
  if (fits) return [`${paint(bold, name)}${gap}${paint(dim, place)}`]
  return [paint(bold, cut(name, columns)), ...indented(place, gap, dim, options)]
}

/** A remark on its own lines, as many as it needs. */
function indented(
  text: string,
  indent: string,
  colour: string | null,
  { columns, paint }: TableOptions,
): readonly string[] {
  const width = Math.max(narrowest, columns - indent.length)
  return fold(text, width).map((line) => `${indent}${colour === null ? line : paint(colour, line)}`)
}

function workloadLines(workloads: readonly WorkloadStatus[], options: TableOptions): readonly string[] {
  const { columns, paint } = options
  const rows = workloads.map(cellsOf)
  const widths = widthsOf([heads, ...rows], columns)
  const line = (cells: readonly string[], colours: readonly (string | null)[]) => {
    const text = cells.map((cell, at) => fitted(cell, widths[at] ?? 0, colours[at] ?? null, paint)).join(gap)
    return cut(`  ${text}`.trimEnd(), columns)
  }
  return [
    paint(dim, line(heads, [])),
    ...workloads.flatMap((workload, at) => [
      line(rows[at] ?? [], coloursOf(workload)),
      ...remarksOn(workload).flatMap((text) =>
        indented(text, "    ", isWrong(workload) ? red : dim, options),
      ),
    ]),
  ]
}

function cellsOf(workload: WorkloadStatus): readonly string[] {
  const { release, secret } = workload
  return [
    printable(workload.workload),
    imageText(workload),
    buildText(release?.build),
    commitText(release?.commit),
    secret.state === "unknown" ? "-" : secret.state,
    rolloutText(workload),
  ]
}

function widthsOf(rows: readonly (readonly string[])[], columns: number): readonly number[] {
  const wanted = heads.map((_, at) =>
    Math.min(widest[at] ?? 0, Math.max(...rows.map((row) => row[at]?.length ?? 0))),
  )
  const [first = 0, ...others] = wanted
  const taken = others.reduce((sum, width) => sum + width + gap.length, gap.length)
  return [Math.max(narrowest, Math.min(first, columns - taken)), ...others]
}

function fitted(cell: string, width: number, colour: string | null, paint: Paint): string {
  const text = cliTruncate(cell, width)
  const blanks = " ".repeat(Math.max(0, width - text.length))
  return `${colour === null ? text : paint(colour, text)}${blanks}`
}

function coloursOf({ secret, rollout }: WorkloadStatus): readonly (string | null)[] {
  const ofSecret = secret.state === "stale" ? yellow : null
  const ofRollout = { done: green, progressing: yellow, failed: red, missing: red }[rollout.state]
  return [null, null, null, null, ofSecret, ofRollout]
}

function isWrong({ release, rollout }: WorkloadStatus): boolean {
  return release === null || rollout.state === "failed" || rollout.troubles.length > 0
}
