import type { LiveTerminal } from "../../cli/live-terminal.ts"
import { paint } from "../../cli/log.ts"
import { stdoutIsTerminal, writeStdout } from "../../cli/output.ts"
import { clockText, type Here } from "../../core/moment.ts"
import { jsonText, printable, printableLine } from "../../core/text.ts"
import type { EnvironmentStatus } from "../core/status.ts"
import { Canvas } from "./canvas.ts"
import { documentOf } from "./document.ts"
import { Reporter } from "./statements.ts"
import { type TableOptions, tableOf } from "./table.ts"
import type { TellTime } from "./words.ts"

/** An environment that is looked at, and what was last reported of it; `null` while nothing was. */
export interface WatchedEnvironment {
  readonly environment: string
  readonly status: EnvironmentStatus | null
}

/** The view of what runs, as it changes. */
export interface StatusView {
  /** @param changed the environment of which something new was told; `null` before anything was. */
  show(all: readonly WatchedEnvironment[], changed: EnvironmentStatus | null): void
  /** Lets something else be written, above what is drawn. */
  beside(write: () => void): void
}

/** A document with all environments for each change, one a line, once something is known of each. */
export class JsonStatusView implements StatusView {
  readonly #now: () => Date
  readonly #write: (text: string) => void

  constructor(now: () => Date, write: (text: string) => void) {
    this.#now = now
    this.#write = write
  }

  show(all: readonly WatchedEnvironment[]): void {
    const known = all.flatMap(({ status }) => status ?? [])
    if (known.length < all.length) return
    this.#write(`${jsonText(documentOf(known, this.#now()))}\n`)
  }

  beside(write: () => void): void {
    write()
  }
}

/** A line for each change, with its time. */
export class PlainStatusView implements StatusView {
  readonly #now: () => Date
  readonly #write: (text: string) => void
  readonly #tell: TellTime
  readonly #reporters = new Map<string, Reporter>()

  /** @param tell gives a moment the same words whenever it is asked: others would be news. */
  constructor(now: () => Date, write: (text: string) => void, tell: TellTime) {
    this.#now = now
    this.#write = write
    this.#tell = tell
  }

  show(_all: readonly WatchedEnvironment[], changed: EnvironmentStatus | null): void {
    if (changed === null) return
    const reporter = this.#reporters.get(changed.environment) ?? new Reporter()
    this.#reporters.set(changed.environment, reporter)
    const time = this.#now().toTimeString().slice(0, 8)
    for (const text of reporter.newsOf(changed, this.#tell)) this.#write(`${time} ${printableLine(text)}\n`)
  }

  beside(write: () => void): void {
    write()
  }
}

/** Draws the tables over what was drawn before. Times are told without how long ago they are: that would not stay true. */
export class LiveStatusView implements StatusView {
  readonly #canvas: Canvas
  readonly #here: () => Here

  constructor(terminal: LiveTerminal, here: () => Here) {
    this.#canvas = new Canvas(terminal, "name an environment to see all of it")
    this.#here = here
  }

  show(all: readonly WatchedEnvironment[]): void {
    const now = this.#here()
    const tell = (text: string) => clockText(text, now)
    this.#canvas.draw(tablesOf(all, { columns: this.#canvas.columns(), paint: paintStdout, tell }))
  }

  beside(write: () => void): void {
    this.#canvas.beside(write)
  }
}

/** All environments, with a blank line between two. */
export function tablesOf(all: readonly WatchedEnvironment[], options: TableOptions): readonly string[] {
  return all.flatMap(({ environment, status }, at) => [
    ...(at === 0 ? [] : [""]),
    ...(status === null ? [`${printable(environment)}  asking`] : tableOf(status, options)),
  ])
}

/** With `--json` documents; tables that are drawn again and again on a terminal; lines elsewhere. */
export async function statusViewOf(json: boolean): Promise<StatusView> {
  const now = () => new Date()
  if (json) return new JsonStatusView(now, writeStdout)
  const { here } = await import("../../cli/here.ts")
  if (!stdoutIsDrawnOn()) {
    const start = here()
    return new PlainStatusView(now, writeStdout, (text) => clockText(text, start))
  }
  const { terminalOf } = await import("../../cli/live-terminal.ts")
  return new LiveStatusView(terminalOf(process.stdout), here)
}

/** Whether standard output is a terminal on which can be drawn again and again. */
export function stdoutIsDrawnOn(): boolean {
  return stdoutIsTerminal() && process.env["TERM"] !== "dumb"
}

/** Paints for a terminal on standard output. */
export function paintStdout(colour: string, text: string): string {
  return paint(colour, text, stdoutIsTerminal())
}
