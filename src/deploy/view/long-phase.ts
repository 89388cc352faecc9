import { printable } from "../../core/text.ts"
import type { Progress } from "../core/progress.ts"

/** So long a reader may wonder what goes on. */
const longMs = 10_000

/** Knows which phase of a build runs, to say so once when it takes long: what ends soon is told at its end alone. */
export class LongPhase {
  #open: { readonly phase: string; readonly sinceMs: number } | null = null

  hear(progress: Progress, nowMs: number): void {
    if (!progress.type.startsWith("build-")) return
    const begins =
      progress.type === "build-phase" && progress.status === null && progress.phase !== "COMPLETED"
    this.#open = begins ? { phase: progress.phase, sinceMs: nowMs } : null
  }

  /** @returns the words for a phase that has become long; `null` when there is nothing to say. */
  words(nowMs: number): string | null {
    if (this.#open === null || nowMs - this.#open.sinceMs < longMs) return null
    const { phase } = this.#open
    this.#open = null
    return `build ${printable(phase)} goes on`
  }
}
