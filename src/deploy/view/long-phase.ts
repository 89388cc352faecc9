import { printable } from "../../core/text.ts"
import type { News } from "../core/news.ts"

/** So long a reader may wonder what goes on. */
const longMs = 10_000

/** Knows which phase of a build runs, to say so once when it takes long: what ends soon is told at its end alone. */
export class LongPhase {
  #open: { readonly phase: string; readonly sinceMs: number } | null = null

  hear(news: News, nowMs: number): void {
    if (!news.type.startsWith("build-")) return
    const begins = news.type === "build-phase" && news.status === null && news.phase !== "COMPLETED"
    this.#open = begins ? { phase: news.phase, sinceMs: nowMs } : null
  }

  /** @returns the words for a phase that has become long; `null` when there is nothing to say. */
  words(nowMs: number): string | null {
    if (this.#open === null || nowMs - this.#open.sinceMs < longMs) return null
    const { phase } = this.#open
    this.#open = null
    return `build ${printable(phase)} goes on`
  }
}
