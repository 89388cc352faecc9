import type { News } from "../../deploy/news.ts"
import { summaryOf } from "./summary.ts"
import { wordsOf } from "./words.ts"

/** Finds the words for one news after the other, and does not repeat itself. */
export class Narrator {
  readonly #environment: string
  #build: string | null = null
  /** What was last said of each workload's rollout. */
  readonly #said = new Map<string, string>()

  constructor(environment: string) {
    this.#environment = environment
  }

  /** @returns the lines for it; none where a rollout is as far as it was, with the same trouble. */
  wordsOf(news: News): readonly string[] {
    if (news.type === "build-started") this.#build = news.build
    const words = this.#isOld(news) ? [] : this.#words(news)
    if (news.type === "build-retried") this.#build = news.by
    return words
  }

  #words(news: News): readonly string[] {
    if (news.type !== "ended") return wordsOf(news)
    return summaryOf(news, { environment: this.#environment, build: this.#build })
  }

  #isOld(news: News): boolean {
    // What a workload was given anew is told anew.
    if (news.type === "patched" || news.type === "restored") this.#said.delete(news.workload)
    if (news.type !== "rollout") return false
    const { workload, state, counts, trouble } = news
    const now = JSON.stringify([state, counts.ready, counts.total, trouble?.pod])
    const old = this.#said.get(workload) === now
    this.#said.set(workload, now)
    return old
  }
}
