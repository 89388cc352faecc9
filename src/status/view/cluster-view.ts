import type { LiveTerminal } from "../../cli/live-terminal.ts"
import { writeStdout } from "../../cli/output.ts"
import { jsonText, printableLine } from "../../core/text.ts"
import type { ClusterStatus } from "../run/cluster-apps.ts"
import { Canvas } from "./canvas.ts"
import { ClusterReporter } from "./cluster-statements.ts"
import { clusterLines } from "./cluster-table.ts"
import { paintStdout, stdoutIsDrawnOn } from "./view.ts"

/** The view of what was deployed in a cluster, as it changes. */
export interface ClusterStatusView {
  show(status: ClusterStatus): void
  /** Called now and then, since ages grow while nothing changes. */
  passTime(): void
  /** Lets something else be written, above what is drawn. */
  beside(write: () => void): void
}

/** A document for each change, one a line. */
export class JsonClusterView implements ClusterStatusView {
  readonly #write: (text: string) => void

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  show(status: ClusterStatus): void {
    this.#write(`${jsonText(status)}\n`)
  }

  passTime(): void {}

  beside(write: () => void): void {
    write()
  }
}

/** A line for each change, with its time. */
export class PlainClusterView implements ClusterStatusView {
  readonly #now: () => Date
  readonly #write: (text: string) => void
  readonly #reporter = new ClusterReporter()

  constructor(now: () => Date, write: (text: string) => void) {
    this.#now = now
    this.#write = write
  }

  show(status: ClusterStatus): void {
    const time = this.#now().toTimeString().slice(0, 8)
    for (const text of this.#reporter.newsOf(status)) this.#write(`${time} ${printableLine(text)}\n`)
  }

  passTime(): void {}

  beside(write: () => void): void {
    write()
  }
}

/** Draws the table over what was drawn before. */
export class LiveClusterView implements ClusterStatusView {
  readonly #canvas: Canvas
  readonly #now: () => Date
  #status: ClusterStatus | null = null

  constructor(terminal: LiveTerminal, now: () => Date) {
    this.#canvas = new Canvas(terminal, "--namespace NAME looks at a part of them")
    this.#now = now
    this.#canvas.draw(["asking"])
  }

  show(status: ClusterStatus): void {
    this.#status = status
    this.passTime()
  }

  passTime(): void {
    if (this.#status === null) return
    const status = { ...this.#status, at: this.#now().toISOString() }
    this.#canvas.draw(clusterLines(status, { columns: this.#canvas.columns(), paint: paintStdout }))
  }

  beside(write: () => void): void {
    this.#canvas.beside(write)
  }
}

/** With `--json` documents; a table that is drawn again and again on a terminal; lines elsewhere. */
export async function clusterViewOf(json: boolean): Promise<ClusterStatusView> {
  const now = () => new Date()
  if (json) return new JsonClusterView(writeStdout)
  if (!stdoutIsDrawnOn()) return new PlainClusterView(now, writeStdout)
  const { terminalOf } = await import("../../cli/live-terminal.ts")
  return new LiveClusterView(terminalOf(process.stdout), now)
}
