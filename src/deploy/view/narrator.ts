import type { News } from "../core/news.ts"
import { deploySummary, type SummarySubject } from "./summary.ts"
import { wordsOf } from "./words.ts"

/** What is known of a run before it begins. */
export type Scene = Pick<SummarySubject, "environment" | "kubectl">

/** Finds the words for one news after the other, and does not repeat itself. */
export class Narrator {
  #subject: SummarySubject
  /** What was last said of each workload's rollout. */
  readonly #said = new Map<string, string>()
  /** What containers said, as far as it was told. */
  readonly #told = new Set<string>()
  #isChecked = false

  constructor(scene: Scene) {
    this.#subject = { ...scene, build: null, image: null }
  }

  /** @returns the lines for it; none where a rollout is as far as it was, with the same trouble. */
  wordsOf(news: News): readonly string[] {
    if (news.type === "build-started") this.#subject = { ...this.#subject, build: news.build }
    if (news.type === "image") this.#subject = { ...this.#subject, image: news.image }
    const words = this.#isOld(news) ? [] : this.#words(news)
    if (news.type === "build-retried") this.#subject = { ...this.#subject, build: news.by }
    return words
  }

  #words(news: News): readonly string[] {
    if (news.type === "ended") return deploySummary(news, this.#subject)
    if (news.type !== "rollout" && news.type !== "doomed") return wordsOf(news)
    const message = news.trouble?.message ?? ""
    const words = wordsOf(news, this.#told.has(message))
    if (message !== "" && !isShort(news)) this.#told.add(message)
    return words
  }

  #isOld(news: News): boolean {
    // What a workload was given anew is told anew.
    if (news.type === "patched" || news.type === "restored") this.#said.delete(news.workload)
    if (news.type === "checked") {
      const old = this.#isChecked
      this.#isChecked = true
      return old
    }
    if (news.type !== "rollout") return false
    const { workload, state, counts, trouble } = news
    const now = JSON.stringify([state, counts.ready, counts.total, trouble?.pod])
    const old = this.#said.get(workload) === now
    this.#said.set(workload, now)
    return old
  }
}

/** That a workload failed is said without what its container said. */
function isShort(news: News): boolean {
  return news.type === "rollout" && news.state === "doomed"
}
