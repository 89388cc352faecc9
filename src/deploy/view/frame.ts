import cliTruncate from "cli-truncate"
import { bold, dim, green, type Paint, red, yellow } from "../../cli/colour.ts"
import { inWidth } from "../../cli/table.ts"
import { wrap } from "../../cli/wrap.ts"
import { printable } from "../../core/text.ts"
import { shortImage } from "../../core/workload.ts"
import { type DeployState, nobody, type Target } from "../core/state.ts"
import type { Trouble, Verdict } from "../core/verdict.ts"
import { elapsed, shortBuild, troubleText } from "./shorthand.ts"

export interface FrameExtra {
  /** The last lines of the log of what runs, safe for a terminal. */
  readonly logTail: readonly string[]
  /** When in the run what is done now was begun: see {@link activityOf}. */
  readonly sinceMs: number
  /** Size of the terminal. */
  readonly columns: number
  readonly rows: number
  readonly paint: Paint
}

const tallest = 20
const shownLog = 5
const shownTroubles = 2
const troubleLines = 3

/**
 * The part of a terminal that is drawn again and again: where the run is, the end of the log, and every workload with
 * its pods. No line is wider than the terminal, and there are at most 20 of them, and one less than it has rows.
 */
export function frame(state: DeployState, extra: FrameExtra): string {
  const room = Math.max(1, Math.min(tallest, extra.rows - 1))
  const head = [headLine(state, extra), ...warnings(state, extra.paint)].slice(0, room)
  const workloads = hasWorkloads(state) ? workloadLines(state, extra, room - head.length) : []
  const log = isLogging(state) ? extra.logTail.slice(-shownLog) : []
  const shown = log.slice(0, Math.max(0, room - head.length - workloads.length))
  const lines = [...head, ...shown.map((line) => extra.paint(dim, `  | ${line}`)), ...workloads]
  return lines.map((line) => cliTruncate(line, extra.columns)).join("\n")
}

/** What a run does now, as the first line of its frame says: while that stays the same, its time goes on. */
export function activityOf({ phase, build }: DeployState): string {
  switch (phase.name) {
    case "building":
      return `building ${phase.id} ${build?.currentPhase}`
    case "hook":
      return `hook ${phase.when} ${phase.index}`
    case "reverting":
      return "restoring"
    default:
      return phase.name
  }
}

function headLine(state: DeployState, { sinceMs, paint }: FrameExtra): string {
  const { nowMs, plan } = state
  const all = elapsed(nowMs / 1000)
  const now = elapsed((nowMs - sinceMs) / 1000)
  return `${paint(bold, printable(plan.environment))}  ${doing(state)}  ${now}${now === all ? "" : `, ${all} in all`}`
}

function doing(state: DeployState): string {
  const { phase } = state
  switch (phase.name) {
    case "checking":
      return "looking at what will be changed"
    case "locking":
      return "taking the lock"
    case "starting":
      return "starting the build"
    case "building":
      return `build ${shortBuild(phase.id)}  ${printable(state.build?.currentPhase ?? "")}`.trimEnd()
    case "draining":
      return "the build failed; reading the end of its log"
    case "imaging":
      return "looking for the image"
    case "judging":
      return "proving that the image has no other code"
    case "confirming":
      return "making sure of the lock"
    case "hook":
      return `hook ${printable(state.plan.hooks[phase.when][phase.index] ?? "")}`
    case "patching":
      return `giving the workloads ${newImage(state)}`
    case "rolling":
      return `rolling out ${newImage(state)}`
    case "examining":
      return "failed; looking for the reason"
    case "restoring":
    case "reverting":
      return "failed; going back"
    case "proving":
      return "proven; writing that down"
    case "leaving":
      return `leaving; Ctrl-C again stops build ${shortBuild(phase.build)}`
    case "stopping":
      return `stopping build ${shortBuild(phase.build)}`
    case "closing":
      return "giving back the lock"
    case "ended":
      return "ended"
  }
}

function newImage({ release }: DeployState): string {
  return release === null ? "the release before" : printable(shortImage(release.image))
}

function lockWords(lostTo: string | null): string {
  return lostTo === nobody ? "the lock was deleted" : "another run has taken the lock"
}

function warnings({ lock, blindSinceMs, nowMs }: DeployState, paint: Paint): readonly string[] {
  return [
    ...(lock.status === "lost" ? [paint(yellow, lockWords(lock.lostTo))] : []),
    ...(blindSinceMs === null
      ? []
      : [paint(yellow, `the cluster cannot be seen for ${elapsed((nowMs - blindSinceMs) / 1000)}`)]),
  ]
}

function isLogging({ phase }: DeployState): boolean {
  return ["building", "draining", "imaging", "judging", "hook", "leaving", "stopping"].includes(phase.name)
}

/** Before the images are given, there is nothing to show. */
function hasWorkloads({ targets }: DeployState): boolean {
  return targets.some(({ stage }) => stage !== "untouched")
}

/** As much of the workloads as there is room for: those that are done are left out first, then troubles. */
function workloadLines({ targets }: DeployState, extra: FrameExtra, room: number): readonly string[] {
  const nameWidth = Math.max(...targets.map(({ text }) => printable(text).length))
  const block = (target: Target) => [
    targetLine(target, nameWidth, extra),
    ...distinct(troublesOf(target.verdict))
      .slice(0, shownTroubles)
      .flatMap((trouble) => troubleBlock(trouble, extra.columns))
      .map((line) => extra.paint(red, line)),
  ]
  const all = targets.flatMap(block)
  if (all.length <= room) return all
  const open = targets.filter(({ verdict }) => verdict?.type !== "done")
  const blocks = open.flatMap(block)
  const list = blocks.length < room ? blocks : open.map((target) => targetLine(target, nameWidth, extra))
  const shown = list.slice(0, Math.max(0, room - 1))
  const lines = blocks.length < room ? open.length : shown.length
  return [...shown, `  and ${targets.length - lines} more`].slice(0, room)
}

/** One trouble of those that say the same about the same container. */
function distinct(troubles: readonly Trouble[]): readonly Trouble[] {
  const key = ({ container, reason, message }: Trouble) => JSON.stringify([container, reason, message])
  return [...new Map(troubles.toReversed().map((one) => [key(one), one])).values()].toReversed()
}

/** What a pod lacks and what it said, in at most 3 lines; its end is kept, for there the cause stands. */
function troubleBlock(trouble: Trouble, columns: number): readonly string[] {
  const lines = wrap(`    ${troubleText(trouble)}`, { columns })
  const rest = lines.slice(troubleLines - 1).map((line, index) => (index === 0 ? line : line.trimStart()))
  if (rest.length === 0) return lines
  return [...lines.slice(0, troubleLines - 1), cliTruncate(rest.join(" "), columns, { position: "middle" })]
}

function troublesOf(verdict: Verdict | null): readonly Trouble[] {
  if (verdict?.type === "doomed") return [verdict.trouble]
  return verdict?.type === "progressing" ? verdict.troubles : []
}

function targetLine(
  { ref, text, verdict, stage }: Target,
  nameWidth: number,
  { columns, paint }: FrameExtra,
) {
  // In a narrow terminal the numbers count more than a name in full.
  const widest = Math.max(8, Math.min(nameWidth, Math.floor(columns / 2) - 2))
  const name = inWidth(printable(text), widest)
  if (verdict === null) return `  ${name}  ${stage === "untouched" ? "not yet" : stage}`
  const { ready, updated, total } = verdict.counts
  const cells = columns >= 60 ? 10 : 5
  if (ref.kind === "CronJob" && verdict.type === "done")
    return `  ${name}  ${inWidth("no pods", cells + 14)}  ${printable(verdict.note ?? "done")}`
  const numbers = inWidth(`${ready}/${updated}/${total}`, 11)
  const mark = bar(ready, total, cells)
  return `  ${name}  ${numbers} ${paint(colourOf(verdict), mark)}  ${stateText(verdict)}`
}

function bar(ready: number, total: number, cells: number): string {
  const full = total === 0 ? cells : Math.min(cells, Math.floor((ready / total) * cells))
  return `[${"#".repeat(full)}${".".repeat(cells - full)}]`
}

function colourOf({ type }: Verdict): string {
  if (type === "done") return green
  return type === "progressing" ? yellow : red
}

function stateText(verdict: Verdict): string {
  switch (verdict.type) {
    case "progressing":
      return `waits for ${printable(verdict.waitsFor)}`
    case "done":
      return verdict.counts.total === 0 ? "done, no pods" : "done"
    case "doomed":
      return "failed"
    case "foreign":
      return "changed by somebody else"
    case "gone":
      return "gone"
  }
}
