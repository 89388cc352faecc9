import type { Here } from "../../core/moment.ts"
import type { Progress } from "../core/progress.ts"
import { lastWait } from "../core/verdict.ts"
import { deploySummary, type SummarySubject } from "./summary.ts"
import { wordsOf } from "./words.ts"

/** What is known of a run before it begins, and where it is read. */
export interface Scene extends Pick<SummarySubject, "environment" | "kubectl" | "reseals"> {
  here(): Here
}

/** Finds the words for one progress event after the other, and does not repeat itself. */
export class Narrator {
  readonly #here: () => Here
  #subject: SummarySubject
  /** What was last said of each workload's rollout. */
  readonly #said = new Map<string, string>()
  /** What containers said, as far as it was reported. */
  readonly #told = new Set<string>()
  #isChecked = false

  constructor({ environment, kubectl, reseals, here }: Scene) {
    this.#here = here
    this.#subject = { environment, kubectl, reseals, build: null, image: null }
  }

  /** @returns the lines for it; none where a rollout is as far as it was, with the same trouble. */
  wordsOf(progress: Progress): readonly string[] {
    if (progress.type === "build-started") this.#subject = { ...this.#subject, build: progress.build }
    if (progress.type === "image") this.#subject = { ...this.#subject, image: progress.image }
    const words = this.#isOld(progress) ? [] : this.#words(progress)
    if (progress.type === "build-retried") this.#subject = { ...this.#subject, build: progress.by }
    return words
  }

  #words(progress: Progress): readonly string[] {
    if (progress.type === "ended") return deploySummary(progress, this.#subject, this.#here())
    if (progress.type !== "rollout" && progress.type !== "doomed") return wordsOf(progress, this.#here())
    const message = progress.trouble?.message ?? ""
    const words = wordsOf(progress, this.#here(), this.#told.has(message))
    if (message !== "" && !isShort(progress)) this.#told.add(message)
    return words
  }

  #isOld(progress: Progress): boolean {
    // What a workload was given again is reported again.
    if (progress.type === "patched" || progress.type === "restored") this.#said.delete(progress.workload)
    if (progress.type === "checked") {
      const old = this.#isChecked
      this.#isChecked = true
      return old
    }
    if (progress.type !== "rollout") return false
    const { workload, state, counts, waitsFor, trouble } = progress
    const now = JSON.stringify([state, counts.ready, counts.total, lastWait(counts, waitsFor), trouble?.pod])
    const old = this.#said.get(workload) === now
    this.#said.set(workload, now)
    return old
  }
}

/** That a workload failed is said without what its container said. */
function isShort(progress: Progress): boolean {
  return progress.type === "rollout" && progress.state === "doomed"
}
