import type { Audience } from "../../app/deploy/ports.ts"
import type { News } from "../../deploy/news.ts"
import type { LogLine } from "../../ports/log-tail.ts"

/** One JSON object a line, each with the time at which it was told (docs/deploy.md, "Events"). */
export class JsonView implements Audience {
  readonly #now: () => Date
  readonly #write: (line: string) => void

  constructor(now: () => Date, write: (line: string) => void) {
    this.#now = now
    this.#write = write
  }

  news(news: News): void {
    this.#tell(news)
  }

  line(from: "build" | "hook", { text }: LogLine): void {
    this.#tell({ type: "log", from, text })
  }

  state(): void {}

  #tell(what: object): void {
    this.#write(`${JSON.stringify({ at: this.#now().toISOString(), ...what })}\n`)
  }
}
