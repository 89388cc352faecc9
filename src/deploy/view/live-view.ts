import type { Paint } from "../../cli/colour.ts"
import type { LiveTerminal } from "../../cli/live-terminal.ts"
import { wrap } from "../../cli/wrap.ts"
import type { LogLine } from "../../ports/builder.ts"
import type { Clock } from "../../ports/clock.ts"
import type { Progress } from "../core/progress.ts"
import type { DeployState } from "../core/state.ts"
import type { DeployView } from "./deploy-view.ts"
import { activityOf, frame } from "./frame.ts"
import { type LogMode, LogShare, type LogSource } from "./log-share.ts"
import { Narrator, type Scene } from "./narrator.ts"
import { logText } from "./shorthand.ts"
import { diagnosticMark } from "./words.ts"

export interface LiveViewOptions extends Scene {
  readonly logs: LogMode
  readonly terminal: LiveTerminal
  readonly clock: Clock
  readonly paint: Paint
}

/** 10 frames a second. */
const frameMs = 100
const keptLog = 5

/** Shows a deploy on a terminal: what happened, line by line, and under it a frame with how things stand. */
export class LiveView implements DeployView {
  readonly #options: LiveViewOptions
  readonly #narrator: Narrator
  readonly #share: LogShare
  #logTail: readonly string[] = []
  /** Lines that stay, not written yet. */
  #waiting: string[] = []
  #drawnAtMs = Number.NEGATIVE_INFINITY
  /** What goes on, and since when in the time of the run. */
  #activity = { name: "", sinceMs: 0 }

  constructor(options: LiveViewOptions) {
    this.#options = options
    this.#narrator = new Narrator(options)
    this.#share = new LogShare(options.logs)
  }

  progress(progress: Progress): void {
    if (
      progress.type === "build-started" ||
      progress.type === "build-retried" ||
      progress.type === "hook-started"
    ) {
      this.#logTail = []
    }
    // The frame shows how far a rollout is.
    if (progress.type === "rollout" && progress.state === "progressing") return
    const tail = this.#share.before(progress).map(({ line }) => `| ${logText(line.text)}`)
    this.#waiting.push(...tail, ...this.#narrator.wordsOf(progress))
  }

  line(from: LogSource, line: LogLine): void {
    const { logs } = this.#options
    const shown = this.#share.take(from, line)
    this.#waiting.push(...shown.map(({ line: one }) => `| ${logText(one.text)}`))
    // When the whole log is above the frame, its end is not repeated inside.
    if (logs === "tail") this.#logTail = [...this.#logTail, logText(line.text)].slice(-keptLog)
  }

  state(state: DeployState): void {
    if (state.phase.name === "ended") {
      this.end()
      return
    }
    const name = activityOf(state)
    if (name !== this.#activity.name) this.#activity = { name, sinceMs: state.nowMs }
    const nowMs = this.#options.clock.now().getTime()
    // A clock that was set back must not stop the drawing.
    if (Math.abs(nowMs - this.#drawnAtMs) < frameMs) return
    this.#drawnAtMs = nowMs
    this.#writeWaiting()
    const { terminal, paint } = this.#options
    const [columns, rows] = [terminal.columns(), terminal.rows()]
    const { sinceMs } = this.#activity
    terminal.update(frame(state, { logTail: this.#logTail, sinceMs, columns, rows, paint }))
  }

  clear(): void {
    this.#options.terminal.update.clear()
    this.#writeWaiting()
  }

  end(): void {
    this.clear()
    this.#options.terminal.update.done()
  }

  #writeWaiting(): void {
    if (this.#waiting.length === 0) return
    const { terminal } = this.#options
    const lines = this.#waiting.flatMap((line) => wrapped(line, terminal.columns()))
    terminal.update.persist(lines.join("\n"))
    this.#waiting = []
  }
}

/** A command is left to the terminal to break: so it can be copied whole. So is a line of a build's log. */
function wrapped(line: string, columns: number): readonly string[] {
  if (/^(?: {4}|\| )/.test(line)) return [line]
  return line.startsWith(diagnosticMark)
    ? wrap(line, { columns, indent: `${diagnosticMark}  ` })
    : wrap(line, { columns })
}
