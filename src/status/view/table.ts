import cliTruncate from "cli-truncate"
import { bold, dim, green, type Paint, red, yellow } from "../../cli/colour.ts"
import { type Cell, tableLines } from "../../cli/table.ts"
import { wrap } from "../../cli/wrap.ts"
import { printable, printableLine } from "../../core/text.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import { buildText, commitText, imageText } from "../../deploy/view/release-words.ts"
import type { EnvironmentStatus, WorkloadStatus } from "../core/status.ts"
import {
  failureText,
  lockText,
  mixedText,
  releaseTexts,
  remarksOn,
  rolloutText,
  secretTexts,
  type TellTime,
} from "./words.ts"

export interface TableOptions {
  /** Width of the terminal; infinite for a file or a pipe. */
  readonly columns: number
  readonly paint: Paint
  readonly tell: TellTime
  /** Whether another place on the same terminal says why something is not known: then only its code is told. */
  readonly saysWhyElsewhere?: boolean
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
    ...releaseTexts(status, options.tell).flatMap((text) => remark(text)),
    ...secretTexts(status).flatMap((text) => remark(text, text.startsWith("stale") ? yellow : null)),
    ...(status.mixed ? remark(mixedText(status), yellow) : []),
    ...(status.lock === null ? [] : remark(lockText(status.lock, options.tell), yellow)),
    ...failures.flatMap((failure) => remark(notKnown(failure, options), red)),
  ]
}

function notKnown(failure: DeployFailure, { saysWhyElsewhere = false }: TableOptions): string {
  return saysWhyElsewhere ? `not all is known [${failure.code}]` : failureText(failure)
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
  const room = Math.max(narrowest + indent.length, columns)
  const line = `${indent}${printableLine(text)}`
  return wrap(line, { columns: room, indent, breakWords: true }).map((part) => {
    const shown = part.slice(indent.length)
    return `${indent}${colour === null ? shown : paint(colour, shown)}`
  })
}

function workloadLines(workloads: readonly WorkloadStatus[], options: TableOptions): readonly string[] {
  const { columns, paint } = options
  const rows = [heads.map((text) => ({ text, colour: null })), ...workloads.map(cellsOf)]
  const [head = "", ...lines] = tableLines(rows, { indent: "  ", columns, widest, paint })
  return [
    paint(dim, cut(head, columns)),
    ...workloads.flatMap((workload, at) => [
      cut(lines[at] ?? "", columns),
      ...remarksOn(workload).flatMap((text) =>
        indented(text, "    ", isWrong(workload) ? red : dim, options),
      ),
    ]),
  ]
}

function cellsOf(workload: WorkloadStatus): readonly Cell[] {
  const { release, secret, rollout } = workload
  const ofRollout = { done: green, progressing: yellow, failed: red, missing: red }[rollout.state]
  const plain = (text: string): Cell => ({ text, colour: null })
  return [
    plain(printable(workload.workload)),
    plain(imageText(workload.images)),
    plain(buildText(release?.build)),
    plain(commitText(release?.commit)),
    {
      text: secret.state === "unknown" ? "-" : secret.state,
      colour: secret.state === "stale" ? yellow : null,
    },
    { text: rolloutText(workload), colour: ofRollout },
  ]
}

function isWrong({ release, rollout }: WorkloadStatus): boolean {
  return release === null || rollout.state === "failed" || rollout.troubles.length > 0
}
