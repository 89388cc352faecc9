import { jsonText } from "../../core/text.ts"
import type { LogLine } from "../../ports/builder.ts"
import type { Progress } from "../core/progress.ts"
import type { Audience } from "../run/ports.ts"

/** One JSON object a line, each with its time (docs/deploy.md, "Events"). */
export class JsonView implements Audience {
  readonly #now: () => Date
  readonly #write: (line: string) => void

  constructor(now: () => Date, write: (line: string) => void) {
    this.#now = now
    this.#write = write
  }

  progress(progress: Progress): void {
    this.#tell(progress)
  }

  line(from: "build" | "hook", { text }: LogLine): void {
    this.#tell({ type: "log", from, text })
  }

  state(): void {}

  #tell(what: object): void {
    this.#write(`${jsonText({ at: this.#now().toISOString(), ...what })}\n`)
  }
}
