import type { Audience } from "../../app/deploy/ports.ts"
import type { News } from "../../deploy/news.ts"
import type { LogLine } from "../../ports/log-tail.ts"
import { type LogMode, LogShare, type LogSource, type SourcedLine } from "./log-share.ts"
import { logText } from "./log-text.ts"
import { Narrator } from "./narrator.ts"

/** What a plain view is made with. */
export interface PlainViewOptions {
  readonly environment: string
  readonly logs: LogMode
  readonly now: () => Date
  readonly write: (line: string) => void
}

/** Lines with times, for the log of a pipeline and for whoever has no terminal. */
export class PlainView implements Audience {
  readonly #options: PlainViewOptions
  readonly #narrator: Narrator
  readonly #share: LogShare

  constructor(options: PlainViewOptions) {
    this.#options = options
    this.#narrator = new Narrator(options.environment)
    this.#share = new LogShare(options.logs)
  }

  news(news: News): void {
    this.#show(this.#share.before(news))
    for (const words of this.#narrator.wordsOf(news)) this.#say(words)
  }

  line(from: LogSource, line: LogLine): void {
    this.#show(this.#share.take(from, line))
  }

  state(): void {}

  #show(lines: readonly SourcedLine[]): void {
    for (const { line } of lines) this.#say(`| ${logText(line.text)}`)
  }

  #say(text: string): void {
    const time = this.#options.now().toTimeString().slice(0, 8)
    this.#options.write(`${time} ${text}\n`)
  }
}
