import cliTruncate from "cli-truncate"
import type { LiveTerminal } from "../../cli/live-terminal.ts"
import { paint } from "../../cli/log.ts"
import { stdoutIsTerminal, writeStdout } from "../../cli/output.ts"
import { clockText, type Here } from "../../core/moment.ts"
import { jsonText, printable, printableLine } from "../../core/text.ts"
import type { EnvironmentStatus } from "../core/status.ts"
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
  readonly #terminal: LiveTerminal
  readonly #here: () => Here
  #drawn = ""

  constructor(terminal: LiveTerminal, here: () => Here) {
    this.#terminal = terminal
    this.#here = here
  }

  show(all: readonly WatchedEnvironment[]): void {
    const columns = this.#terminal.columns()
    const now = this.#here()
    const tell = (text: string) => clockText(text, now)
    const lines = tablesOf(all, { columns, paint: paintStdout, tell }).map((line) =>
      cliTruncate(line, columns),
    )
    // A drawing that is higher than the terminal could only be drawn over in its lower part.
    const room = Math.max(1, this.#terminal.rows() - 1)
    const shown =
      lines.length <= room ? lines : [...lines.slice(0, room - 1), cliTruncate(rest(lines, room), columns)]
    this.#drawn = shown.join("\n")
    this.#terminal.update(this.#drawn)
  }

  beside(write: () => void): void {
    this.#terminal.update.clear()
    write()
    this.#terminal.update(this.#drawn)
  }
}

function rest(lines: readonly string[], room: number): string {
  return `and ${lines.length - room + 1} more lines; name an environment to see all of it`
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
  if (!stdoutIsTerminal() || process.env["TERM"] === "dumb") {
    const start = here()
    return new PlainStatusView(now, writeStdout, (text) => clockText(text, start))
  }
  const { terminalOf } = await import("../../cli/live-terminal.ts")
  return new LiveStatusView(terminalOf(process.stdout), here)
}

/** Paints for a terminal on standard output. */
export function paintStdout(colour: string, text: string): string {
  return paint(colour, text, stdoutIsTerminal())
}
