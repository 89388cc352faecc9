import type { Here } from "../../core/moment.ts"
import { count, printable } from "../../core/text.ts"
import type { Diagnostics } from "../core/plan.ts"
import type { Progress } from "../core/progress.ts"
import { lastLineOf, saidText } from "../core/said.ts"
import { nobody } from "../core/state.ts"
import type { Counts } from "../core/verdict.ts"
import { codeText, wayWords } from "./release-words.ts"
import { elapsed, logText, troubleName, troubleText } from "./shorthand.ts"

/** Before each line that a container or the cluster wrote. */
export const diagnosticMark = "  | "

const maxText = 500
/** More than any line here has when its parts are cut. */
const maxLine = 3_000

/**
 * What a person reads of a progress event: no line, one, or several. Texts of the cluster are made safe.
 *
 * @param isTold whether what a container said has been told before: then it is left out.
 */
export function wordsOf(progress: Progress, here: Here, isTold = false): readonly string[] {
  // The last guard, whatever a part of a line comes from.
  return linesOf(progress, here, isTold).map((line) => printable(line, maxLine))
}

function linesOf(progress: Progress, here: Here, isTold: boolean): readonly string[] {
  switch (progress.type) {
    case "checked":
      return [`checked: ${count(progress.workloads.length, "workload")} can be deployed to`]
    case "locked":
      return []
    case "way-back":
      return wayWords(progress.steps, here)
    case "build-started":
      return startedWords(progress)
    case "build-phase":
      return phaseWords(progress)
    case "build-retried":
      return [`build ${progress.build} failed; CodeBuild started it again as ${progress.by}`]
    case "build-silent":
      return [`no progress of the build: ${progress.why}; asking on`]
    case "build-ended":
      return [
        `build ${progress.status.toLowerCase()}${progress.seconds === null ? "" : ` in ${elapsed(progress.seconds)}`}`,
      ]
    case "image":
      return [`image ${printable(progress.image, maxText)}`]
    case "resealed":
      return [`the image has ${codeText(progress.from)}: only the sealed file is new`]
    case "hook-started":
      return [`hook ${progress.hook} runs`]
    case "hook-ended":
      return [`hook ${progress.hook} is done`]
    case "patched":
      return [
        `${progress.workload} ${progress.changed ? "has the wanted image" : "had the wanted image already"}`,
      ]
    case "rollout":
      return [rolloutWords(progress, isTold)]
    case "contact-lost":
      return [`the cluster cannot be seen: ${progress.why}; trying on`]
    case "contact-found":
      return ["the cluster can be seen again"]
    case "lock-lost":
      return [
        progress.holder === nobody
          ? "the lock was deleted while this run had it"
          : `the lock was taken by ${printable(progress.holder)}`,
      ]
    case "doomed":
      return [doomedWords(progress, isTold), ...diagnosticWords(progress.clues)]
    case "going-back":
      return [`going back: ${progress.workloads.join(", ")}`]
    case "restored":
      return [`${progress.workload} has again what it had before`]
    case "not-restored":
      return [`${progress.workload} was not given back what it had: ${progress.failure.message}`]
    case "pod-replaced":
      return [`${progress.workload} pod ${progress.pod} is deleted: it would be waited for, for ever`]
    case "job-deleted":
      return [
        `${progress.workload} Job ${progress.job} is deleted: it did not run, and kept others from starting`,
      ]
    case "stopping-soon":
      return [`stopped watching; press Ctrl-C again within ${progress.seconds} s to stop the build too`]
    case "build-stopped":
      return [
        progress.failure === null
          ? `build ${progress.build} is stopped`
          : `the build goes on: ${progress.failure.message}`,
      ]
    case "lock-left":
      return [`the lock could not be given back: ${progress.why}; it ends by itself in 30 s`]
    case "ended":
      // What is said in the end has its own form.
      return []
  }
}

function startedWords({
  build,
  number,
  source,
  url,
}: Extract<Progress, { type: "build-started" }>): readonly string[] {
  const which = `${number === null ? "" : ` (number ${number})`}${source === null ? "" : ` of ${printable(source)}`}`
  return [`build ${build}${which}`, ...(url === null ? [] : [url])]
}

/** A phase is reported once it has ended, with its time. */
function phaseWords({
  phase,
  status,
  seconds,
}: Extract<Progress, { type: "build-phase" }>): readonly string[] {
  if (status === null) return []
  const done = status === "SUCCEEDED" ? "" : ` ${status.toLowerCase()}`
  return [`build ${printable(phase)}${done}${seconds === null ? "" : ` ${elapsed(seconds)}`}`]
}

function rolloutWords(progress: Extract<Progress, { type: "rollout" }>, isTold: boolean): string {
  const { workload, state, counts, waitsFor, trouble } = progress
  if (state === "done" && isEmpty(counts)) return `${workload} has no pods to wait for; done`
  // What is wrong with one that failed is reported when all of it is known.
  if (state === "doomed") return `${workload} ${countWords(counts)}; failed: ${trouble?.reason ?? "unknown"}`
  const waits = waitsFor === null ? "" : `; waits for ${waitsFor}`
  const ends = {
    progressing: waits,
    done: "; done",
    foreign: "; changed by others",
    gone: "; gone",
  }
  const what = trouble === null ? "" : `: ${isTold ? troubleName(trouble) : troubleText(trouble)}`
  return `${workload} ${countWords(counts)}${ends[state]}${what}`
}

/** A CronJob has no pods, and neither has what is scaled to zero. */
function isEmpty({ total, updated, old }: Counts): boolean {
  return total === 0 && updated === 0 && old === 0
}

export function countWords(counts: Counts): string {
  if (isEmpty(counts)) return "no pods"
  const { total, ready, old } = counts
  const rest = old === 0 ? "" : `, ${count(old, "old pod")}`
  return `${ready}/${total} new ready${rest}`
}

function doomedWords(
  { failure, trouble, clues }: Extract<Progress, { type: "doomed" }>,
  isTold: boolean,
): string {
  const said = trouble === null ? "" : saidText(trouble.message)
  const tail = `: ${said}`
  const again = isTold || (trouble !== null && clues !== null && isIn(clues.log, lastLineOf(trouble.message)))
  const message =
    again && said !== "" && failure.message.endsWith(tail)
      ? failure.message.slice(0, -tail.length)
      : failure.message
  return printable(message, 2 * maxText)
}

/** Whether the lines of a container's log include its last words. */
function isIn(log: readonly string[], said: string): boolean {
  const words = said.replace(/^envseal: [A-Z_]+: /, "")
  return words !== "" && log.some((line) => line.includes(words))
}

function diagnosticWords(clues: Diagnostics | null): readonly string[] {
  if (clues === null) return []
  const lines = (title: string, texts: readonly string[]) =>
    texts.length === 0 ? [] : [title, ...texts.map((text) => `${diagnosticMark}${logText(text)}`)]
  return [...lines("its last lines:", clues.log), ...lines("what was reported:", clues.events)]
}
