import cliTruncate from "cli-truncate"
import type { LiveTerminal } from "../../cli/live-terminal.ts"

/** Draws lines over what it drew before, as many as the terminal has. */
export class Canvas {
  readonly #terminal: LiveTerminal
  readonly #hint: string
  #drawn = ""

  /** @param hint how to see all where that is more than the terminal has. */
  constructor(terminal: LiveTerminal, hint: string) {
    this.#terminal = terminal
    this.#hint = hint
  }

  columns(): number {
    return this.#terminal.columns()
  }

  draw(all: readonly string[]): void {
    const columns = this.columns()
    const lines = all.map((line) => cliTruncate(line, columns))
    // A drawing that is higher than the terminal could only be drawn over in its lower part.
    const room = Math.max(1, this.#terminal.rows() - 1)
    const rest = `and ${lines.length - room + 1} more lines; ${this.#hint}`
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), cliTruncate(rest, columns)]
    this.#drawn = shown.join("\n")
    this.#terminal.update(this.#drawn)
  }

  /** Lets something else be written, above what is drawn. */
  beside(write: () => void): void {
    this.#terminal.update.clear()
    write()
    this.#terminal.update(this.#drawn)
  }
}
