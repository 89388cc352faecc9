import { count, printable } from "../../core/text.ts"
import type { News } from "../core/news.ts"
import type { Clues } from "../core/plan.ts"
import type { Counts } from "../core/verdict.ts"
import { elapsed } from "./elapsed.ts"
import { logText } from "./log-text.ts"
import { troubleName, troubleText } from "./shorthand.ts"

/** Before each line that a container or the cluster wrote. */
export const clueMark = "  | "

const maxText = 500
/** More than any line here has when its parts are cut. */
const maxLine = 3_000

/**
 * What a person reads of a piece of news: no line, one, or several. Texts of the cluster are made safe.
 *
 * @param isTold whether what a container said has been told before: then it is left out.
 */
export function wordsOf(news: News, isTold = false): readonly string[] {
  // The last guard, whatever a part of a line comes from.
  return linesOf(news, isTold).map((line) => printable(line, maxLine))
}

function linesOf(news: News, isTold: boolean): readonly string[] {
  switch (news.type) {
    case "checked":
      return [`checked: ${count(news.workloads.length, "workload")} can be deployed to`]
    case "locked":
      return []
    case "build-started":
      return startedWords(news)
    case "build-phase":
      return phaseWords(news)
    case "build-retried":
      return [`build ${news.build} failed; CodeBuild started it anew as ${news.by}`]
    case "build-silent":
      return [`no news of the build: ${news.why}; asking on`]
    case "build-ended":
      return [
        `build ${news.status.toLowerCase()}${news.seconds === null ? "" : ` in ${elapsed(news.seconds)}`}`,
      ]
    case "image":
      return [`image ${printable(news.image, maxText)}`]
    case "hook-started":
      return [`hook ${news.hook} runs`]
    case "hook-ended":
      return [`hook ${news.hook} is done`]
    case "patched":
      return [`${news.workload} ${news.changed ? "has the wanted image" : "had the wanted image already"}`]
    case "rollout":
      return [rolloutWords(news, isTold)]
    case "contact-lost":
      return [`the cluster cannot be seen: ${news.why}; trying on`]
    case "contact-found":
      return ["the cluster can be seen again"]
    case "lock-lost":
      return [`the lock was taken by ${printable(news.holder)}`]
    case "doomed":
      return [doomedWords(news, isTold), ...clueWords(news.clues)]
    case "going-back":
      return [`going back: ${news.workloads.join(", ")}`]
    case "restored":
      return [`${news.workload} has again what it had before`]
    case "not-restored":
      return [`${news.workload} was not given back what it had: ${news.failure.message}`]
    case "pod-replaced":
      return [`${news.workload} pod ${news.pod} is deleted: it would be waited for, for ever`]
    case "stopping-soon":
      return [`stopped watching; press Ctrl-C again within ${news.seconds} s to stop the build too`]
    case "build-stopped":
      return [
        news.failure === null
          ? `build ${news.build} is stopped`
          : `the build goes on: ${news.failure.message}`,
      ]
    case "lock-left":
      return [`the lock could not be given back: ${news.why}; it ends by itself in 30 s`]
    case "ended":
      // What is said in the end has a form of its own.
      return []
  }
}

function startedWords({
  build,
  number,
  source,
  url,
}: Extract<News, { type: "build-started" }>): readonly string[] {
  const which = `${number === null ? "" : ` (number ${number})`}${source === null ? "" : ` of ${printable(source)}`}`
  return [`build ${build}${which}`, ...(url === null ? [] : [url])]
}

/** A phase is told once it has ended, with its time. */
function phaseWords({ phase, status, seconds }: Extract<News, { type: "build-phase" }>): readonly string[] {
  if (status === null) return []
  const done = status === "SUCCEEDED" ? "" : ` ${status.toLowerCase()}`
  return [`build ${printable(phase)}${done}${seconds === null ? "" : ` ${elapsed(seconds)}`}`]
}

function rolloutWords(news: Extract<News, { type: "rollout" }>, isTold: boolean): string {
  const { workload, state, counts, waitsFor, trouble } = news
  if (state === "done" && isEmpty(counts)) return `${workload} has no pods to wait for; done`
  // What is wrong with one that failed is told when all of it is known.
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

/** A CronJob has no pods of its own, and neither has what is scaled to none. */
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
  { failure, trouble, clues }: Extract<News, { type: "doomed" }>,
  isTold: boolean,
): string {
  const said = trouble === null ? "" : trouble.message.trim()
  const tail = `: ${printable(said, maxText)}`
  const again = isTold || (clues !== null && isIn(clues.log, said))
  const message =
    again && said !== "" && failure.message.endsWith(tail)
      ? failure.message.slice(0, -tail.length)
      : failure.message
  return printable(message, 2 * maxText)
}

/** Whether the lines of a container's log tell its last words too. */
function isIn(log: readonly string[], said: string): boolean {
  const words = said.replace(/^envseal: [A-Z_]+: /, "")
  return words !== "" && log.some((line) => line.includes(words))
}

function clueWords(clues: Clues | null): readonly string[] {
  if (clues === null) return []
  const lines = (title: string, texts: readonly string[]) =>
    texts.length === 0 ? [] : [title, ...texts.map((text) => `${clueMark}${logText(text)}`)]
  return [...lines("its last lines:", clues.log), ...lines("what was reported:", clues.events)]
}
