import { tableLines } from "../../cli/table.ts"
import type { ErrorCode } from "../../core/error.ts"
import type { Here } from "../../core/moment.ts"
import { printable } from "../../core/text.ts"
import type { Ending, Outcome, Progress, Spent, WorkloadEnd } from "../core/progress.ts"
import { nextRunNote } from "../core/rollout.ts"
import { imageText, releaseText } from "./release-words.ts"
import { elapsed, imagesText } from "./shorthand.ts"

/** What the last lines of a run need to know of it. */
export interface SummarySubject {
  readonly environment: string
  /** The command that reaches the environment's namespace, such as `kubectl --namespace shop`. */
  readonly kubectl: string
  /** Whether it reseals what runs. */
  readonly reseals: boolean
  /** The build that is followed; `null` when there is none. */
  readonly build: string | null
  /** What is deployed, by digest; `null` while it is not known, and when it goes back. */
  readonly image: string | null
}

type Ended = Extract<Progress, { type: "ended" }>

const outcomeTexts: Readonly<Record<Outcome, string>> = {
  untouched: "was not changed",
  new: "runs the wanted release",
  unproven: "has the wanted release, which is not proven",
  back: "runs the release before again",
  "going-back": "was given the release before again, which is not proven",
  mixed: "does not run the same everywhere",
}

const states: Readonly<Record<WorkloadEnd["state"], string>> = {
  new: "as wanted",
  unproven: "as wanted, not proven",
  before: "as before",
  "going-back": "going back, not proven",
  foreign: "changed by somebody else",
  unknown: "not known",
}

/** After these codes a resumed run would end the same way. */
const hopeless: readonly ErrorCode[] = [
  "BUILD_FAILED",
  "BUILD_NOT_STARTED",
  "PROJECT_UNUSABLE",
  "SUPERSEDED",
  "CODE_CHANGED",
]

/**
 * What runs now, workload by workload, and how to go on. The failure of a run that failed is left to what ends the
 * process with it.
 */
export function deploySummary(ended: Ended, subject: SummarySubject, here: Here): readonly string[] {
  const { ending, standing, workloads } = ended
  const head = `${headOf(ending, subject)}: ${printable(subject.environment)} ${outcomeTexts[standing]}`
  return [
    ending.type === "detached" ? `detached: the build goes on by itself` : head,
    ...workloadLines(ending.type === "detached" ? [] : workloads),
    ...passageWords(ended, here),
    ...spentWords(ended.spent),
    ...jobWords(ended.job, subject),
    ...backWords(ended, subject),
    ...resumeWords(ended, subject),
  ]
}

/** A command has its own line, which is never broken. */
const command = (text: string): string => `    ${text}`

function headOf(ending: Ending, { image }: SummarySubject): string {
  switch (ending.type) {
    case "deployed":
      return image === null ? "rolled back" : "deployed"
    case "detached":
      return "detached"
    case "interrupted":
      return ending.buildStopped ? "interrupted, the build is stopped" : "interrupted"
    case "failed":
      return "failed"
  }
}

function workloadLines(workloads: readonly WorkloadEnd[]): readonly string[] {
  const rows = workloads.map((end) => [
    printable(end.workload),
    imagesText(end.images) || "-",
    podsText(end),
    states[end.state],
  ])
  return tableLines(rows, { indent: "  " }).map((line, index) => {
    const note = workloads[index]?.note ?? null
    return note === null || note === nextRunNote ? line : `${line} (${printable(note)})`
  })
}

function podsText({ counts: { total, ready }, note }: WorkloadEnd): string {
  if (note === nextRunNote) return "next run"
  return total === 0 ? "" : `${ready}/${total} ready`
}

/** From which release to which; nothing where that is one, or not known. */
function passageWords({ ending, from, to }: Ended, here: Here): readonly string[] {
  if (ending.type !== "deployed" || from === null || to === null) return []
  if (imageText(from.images) === imageText(to.images)) return []
  return [`  from ${releaseText(from, here)}`, `  to   ${releaseText(to, here)}`]
}

/** How long it took, and its parts that took a second or more. */
function spentWords(spent: readonly Spent[]): readonly string[] {
  const seconds = Math.floor(spent.reduce((sum, { ms }) => sum + ms, 0) / 1000)
  const parts = spent.filter(({ ms }) => ms >= 1000).map(({ part, ms }) => `${part} ${elapsed(ms / 1000)}`)
  return seconds === 0
    ? []
    : [`  took ${elapsed(seconds)}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`]
}

function jobWords(job: string | null, { kubectl }: SummarySubject): readonly string[] {
  if (job === null) return []
  const name = printable(job)
  return [
    `the Job ${name} of a hook may still run; to see what it does, and to stop it:`,
    command(`${kubectl} logs --follow job/${name}`),
    command(`${kubectl} delete job ${name}`),
  ]
}

/** Where workloads were left with what is not proven. */
function backWords({ ending, standing }: Ended, { environment, image }: SummarySubject): readonly string[] {
  const left = standing === "unproven" || standing === "mixed"
  if (ending.type === "deployed" || image === null || !left) return []
  return ["to go back to what ran before:", command(`envseal rollback ${printable(environment)}`)]
}

function resumeWords({ ending, standing }: Ended, subject: SummarySubject): readonly string[] {
  const how = resumeOption(subject, standing)
  if (how === null || ending.type === "deployed") return []
  if (ending.type === "interrupted" && ending.buildStopped) return []
  if (ending.type === "failed" && hopeless.includes(ending.failure.code)) return []
  const why = ending.type === "failed" ? "to try it again:" : "to go on:"
  return [why, command(`envseal deploy ${printable(subject.environment)} ${how}`)]
}

/** What another run needs to do the same; `null` when it is the same as this one. */
function resumeOption({ build, image, reseals }: SummarySubject, standing: Outcome): string | null {
  if (build !== null) return `${reseals ? "--reseal " : ""}--resume ${printable(build)}`
  const digest = image?.split("@").at(-1)
  return digest === undefined || standing === "untouched" ? null : `--image ${printable(digest)}`
}
