import type { Build } from "../../core/build.ts"
import { EnvsealError } from "../../core/error.ts"
import type { LogLine, LogPage, LogTail } from "../../ports/builder.ts"
import type { Timer } from "../../ports/clock.ts"
import type { Log } from "../../ports/log.ts"

type Ports = { logTail: LogTail; timer: Timer; log: Log }

const lookAgainMs = 2_000
const longestMs = 30_000
/** A log may have an empty page in its middle, so one of them is not the end. */
const emptyPagesAtEnd = 2
const drainPauseMs = 500
/** A page with this many lines is probably one of several. */
const manyLines = 100

/**
 * Tells the lines of one build's log while it is written. A log that cannot be read is no reason for a deploy to
 * fail: it is said once, and the deploy goes on.
 */
export class LogFollower {
  readonly #ports: Ports
  readonly #tell: (line: LogLine) => void
  readonly #signal: AbortSignal
  #build: Build
  #cursor: string | null = null
  #draining = false
  #empty = 0
  #found = false
  #pauseMs = lookAgainMs

  constructor(build: Build, ports: Ports, tell: (line: LogLine) => void, signal: AbortSignal) {
    this.#build = build
    this.#ports = ports
    this.#tell = tell
    this.#signal = signal
  }

  /** The build as it is seen now: the place of its log becomes known only while it runs. */
  update(build: Build): void {
    if (build.id === this.#build.id) this.#build = build
  }

  /** The build has ended: {@link run} ends once every line is reported. */
  drain(): void {
    if (this.#draining) return
    this.#draining = true
    // What was empty before the end says nothing of the end: the last lines can be written after a silence.
    this.#empty = 0
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted && !this.#isOver()) {
      const page = await this.#read()
      if (page === "unreadable") return
      this.#take(page)
      if (!this.#isMoreWaiting(page)) await this.#pause()
    }
  }

  #isOver(): boolean {
    const { log } = this.#build
    if (log.type === "elsewhere") return this.#elsewhere()
    if (!this.#draining || this.#empty < emptyPagesAtEnd) return false
    if (log.type === "stream" && !this.#found) {
      this.#hidden(`there is no stream ${log.stream} in the log group ${log.group}`)
    }
    return true
  }

  #elsewhere(): true {
    const { log } = this.#build
    if (log.type === "elsewhere") this.#hidden(`its log is ${log.where}`)
    return true
  }

  #hidden(why: string): void {
    this.#ports.log.warn(`the lines of the build are not shown: ${why}`)
  }

  async #read(): Promise<LogPage | null | "unreadable"> {
    const { log } = this.#build
    if (log.type !== "stream") return null
    try {
      const page = await this.#ports.logTail.read(log.group, log.stream, this.#cursor)
      this.#pauseMs = lookAgainMs
      return page
    } catch (error) {
      if (!(error instanceof EnvsealError)) throw error
      if (error.code === "THROTTLED" || error.code === "REMOTE_FAILED") {
        this.#pauseMs = Math.min(longestMs, this.#pauseMs * 2)
        return null
      }
      this.#hidden(error.message)
      return "unreadable"
    }
  }

  #take(page: LogPage | null): void {
    const end = page === null || (page.lines.length === 0 && page.cursor === this.#cursor)
    this.#empty = end ? this.#empty + 1 : 0
    if (page === null) return
    this.#found = true
    this.#cursor = page.cursor
    for (const line of page.lines) this.#tell(line)
  }

  // What a build wrote since the last look is mostly one page, and needs no second request to say that it is complete.
  #isMoreWaiting(page: LogPage | null): boolean {
    return page !== null && page.lines.length >= (this.#draining ? 1 : manyLines)
  }

  #pause(): Promise<void> {
    return this.#ports.timer.sleep(this.#draining ? drainPauseMs : this.#pauseMs, this.#signal)
  }
}
