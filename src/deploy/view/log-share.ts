import type { LogLine } from "../../ports/builder.ts"
import type { Progress } from "../core/progress.ts"

/** How much of a build's or a hook's log is shown: all, its end when it fails, or nothing. */
export type LogMode = "full" | "tail" | "none"

export type LogSource = "build" | "hook"

export interface SourcedLine {
  readonly from: LogSource
  readonly line: LogLine
}

const tailLines = 20

/** Decides which lines of the logs are shown, and when. */
export class LogShare {
  readonly #mode: LogMode
  #tail: SourcedLine[] = []

  constructor(mode: LogMode) {
    this.#mode = mode
  }

  /** @returns the line when it is to be shown now. */
  take(from: LogSource, line: LogLine): readonly SourcedLine[] {
    if (this.#mode === "full") return [{ from, line }]
    if (this.#mode === "tail") this.#tail = [...this.#tail, { from, line }].slice(-tailLines)
    return []
  }

  /** @returns the lines to show before this event: the end of a log whose build or hook failed, once. */
  before(progress: Progress): readonly SourcedLine[] {
    const begins =
      progress.type === "build-started" ||
      progress.type === "build-retried" ||
      progress.type === "hook-started"
    const shown =
      failedOf(progress) === null ? [] : this.#tail.filter(({ from }) => from === failedOf(progress))
    if (begins || shown.length > 0) this.#tail = []
    return shown
  }
}

function failedOf(progress: Progress): LogSource | null {
  const failure =
    progress.type === "doomed"
      ? progress.failure
      : progress.type === "ended" && progress.ending.type === "failed"
        ? progress.ending.failure
        : null
  if (failure?.code === "BUILD_FAILED") return "build"
  return failure?.code === "HOOK_FAILED" ? "hook" : null
}
