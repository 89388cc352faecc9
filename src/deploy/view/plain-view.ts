import type { LogLine } from "../../ports/builder.ts"
import type { Progress } from "../core/progress.ts"
import type { Audience } from "../run/ports.ts"
import type { LogGroups } from "./log-groups.ts"
import { type LogMode, LogShare, type LogSource, type SourcedLine } from "./log-share.ts"
import { Narrator, type Scene } from "./narrator.ts"
import { LongPhase, logText } from "./shorthand.ts"

/** What a plain view is made with. */
export interface PlainViewOptions extends Scene {
  readonly logs: LogMode
  /** Reports only what went wrong. */
  readonly quiet: boolean
  /** `null` where none are known. */
  readonly groups: LogGroups | null
  readonly now: () => Date
  readonly write: (line: string) => void
}

/** Lines with times, for the log of a pipeline, or where there is no terminal. */
export class PlainView implements Audience {
  readonly #options: PlainViewOptions
  readonly #narrator: Narrator
  readonly #share: LogShare
  readonly #phase = new LongPhase()
  #isGroupOpen = false

  constructor(options: PlainViewOptions) {
    this.#options = options
    this.#narrator = new Narrator(options)
    this.#share = new LogShare(options.logs)
  }

  progress(progress: Progress): void {
    this.#phase.hear(progress, this.#options.now().getTime())
    this.#show(this.#share.before(progress))
    // What is not shown does not count as reported.
    if (this.#options.quiet && progress.type === "rollout") return
    const words = this.#narrator.wordsOf(progress)
    if (!this.#options.quiet || isBad(progress)) for (const line of words) this.#say(line)
  }

  line(from: LogSource, line: LogLine): void {
    const shown = this.#share.take(from, line)
    if (shown.length > 0) this.#beginGroup(`log of the ${from}`)
    for (const one of shown) this.#write(logWords(one))
  }

  /** Something else is written now, or nothing more: it is no part of a log. */
  endGroup(): void {
    const { groups, write, now } = this.#options
    if (groups === null || !this.#isGroupOpen) return
    this.#isGroupOpen = false
    write(groups.end(now()))
  }

  #beginGroup(title: string): void {
    const { groups, write, now } = this.#options
    if (groups === null || this.#isGroupOpen) return
    this.#isGroupOpen = true
    write(groups.begin(title, now()))
  }

  /** Called often, so that a long phase is noticed. */
  state(): void {
    const words = this.#phase.words(this.#options.now().getTime())
    if (words !== null && !this.#options.quiet) this.#say(words)
  }

  #show(lines: readonly SourcedLine[]): void {
    for (const one of lines) this.#say(logWords(one))
  }

  #say(text: string): void {
    this.endGroup()
    this.#write(text)
  }

  #write(text: string): void {
    const time = this.#options.now().toTimeString().slice(0, 8)
    this.#options.write(`${time} ${text}\n`)
  }
}

function logWords({ line }: SourcedLine): string {
  return `| ${logText(line.text)}`
}

/** What a reader wants who asked for errors only: what went wrong, and what runs now. */
function isBad(progress: Progress): boolean {
  switch (progress.type) {
    case "doomed":
    case "not-restored":
    case "lock-lost":
    case "lock-left":
      return true
    case "ended":
      return progress.ending.type === "failed" || progress.ending.type === "interrupted"
    default:
      return false
  }
}
