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
    this.#write(`${escaped(JSON.stringify({ at: this.#now().toISOString(), ...what }))}\n`)
  }
}

/** What JSON lets stand and a terminal would obey, as `\uXXXX`: the same text to whoever parses it. */
export function escaped(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) =>
    Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  )
}
