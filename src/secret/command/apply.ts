import type { Command } from "commander"
import { canAsk, confirmed, Interrupted } from "../../cli/ask.ts"
import { answerIsNo } from "../../cli/exit.ts"
import { makeLog, say } from "../../cli/log.ts"
import { printJson } from "../../cli/output.ts"
import { EnvsealError } from "../../core/error.ts"
import type { Difference } from "../../dotenv/diff.ts"
import type { EditorPorts } from "../run/ports.ts"
import type { StoredVersion } from "../run/store-version.ts"
import { summaryLines } from "../view/words.ts"
import type { SecretOptions, SecretSession } from "./session.ts"

/** What every command takes that changes a secret. */
export interface WriteOptions extends SecretOptions {
  readonly yes: boolean
  readonly nested: "refuse" | "json"
}

export function addYesOption(command: Command): Command {
  return command.option("-y, --yes", "do it without a question", false)
}

/**
 * Shows what would change, by name, asks, stores it, and tells what runs.
 *
 * @returns the exit status.
 */
export async function applyChange(
  session: SecretSession,
  options: WriteOptions,
  differences: readonly Difference[],
  store: (ports: EditorPorts) => Promise<StoredVersion>,
): Promise<number> {
  const { log, target } = session
  const { settings, id, at } = target
  const told = { environment: settings.name, secret: id, changes: differences }
  if (differences.length === 0) {
    log.note(`nothing would change in ${id}`)
    if (options.json) printJson({ ...told, version: null })
    return 0
  }
  if (!(await agreed(id, differences, options))) {
    log.note(`nothing was changed in ${id}`)
    if (options.json) printJson({ ...told, version: null })
    return answerIsNo
  }
  const { untilSignal } = await import("./interruption.ts")
  const stored = await untilSignal(session, store)
  if (typeof stored === "number") return stored
  log.note(`${id} is at version ${stored.versionId}${before(stored)}`)
  const { tellRunning } = await import("./running.ts")
  const running = await tellRunning({ settings, at, versionId: stored.versionId }, log)
  if (options.json) printJson({ ...told, version: stored.versionId, previous: stored.previous, running })
  return 0
}

function before({ previous }: StoredVersion): string {
  return previous === null ? ", its first" : `; the one before is ${previous}`
}

async function agreed(
  id: string,
  differences: readonly Difference[],
  options: WriteOptions,
): Promise<boolean> {
  if (!options.yes || !options.quiet) for (const line of summaryLines(id, differences)) say(line)
  if (!options.yes) refuseSilence("see above what would change, and pass --yes")
  return options.yes || confirmed(`Make this the current version of ${id}?`)
}

/** @throws EnvsealError `USAGE` where nobody can answer, with what to do then. */
export function refuseSilence(hint: string): void {
  if (canAsk()) return
  throw new EnvsealError("USAGE", "nobody can be asked: there is no terminal", { hint })
}

/** What SIGINT ends a process with: 128 and its number. */
const interrupted = 130

/** Ends at a question that is answered with Ctrl-C, before anything is stored. @returns the exit status. */
export async function untilInterrupted(options: WriteOptions, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    makeLog(options).note("interrupted; nothing was changed")
    return interrupted
  }
}
