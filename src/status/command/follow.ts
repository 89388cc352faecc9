import { constants } from "node:os"
import { type CommandLog, makeLog } from "../../cli/log.ts"
import type { CommonOptions } from "../../cli/options.ts"

/**
 * Follows something until a signal ends it.
 *
 * @param work goes on until its signal aborts.
 * @returns the exit status: that of the signal.
 */
export async function followUntilSignal(work: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  const { takeSignals } = await import("../../adapters/node/interrupts.ts")
  const over = new AbortController()
  const { promise: interrupted, resolve } = Promise.withResolvers<number>()
  const release = takeSignals((signal) => resolve(128 + constants.signals[signal]))
  try {
    // A person who presses Ctrl-C waits for no answer.
    return await Promise.race([interrupted, work(over.signal).then(() => interrupted)])
  } finally {
    over.abort()
    release()
  }
}

/**
 * A log whose messages do not land inside what is drawn.
 *
 * @param beside lets something be written above that.
 */
export function logBeside(beside: (write: () => void) => void, options: CommonOptions): CommandLog {
  const log = makeLog(options)
  const above = (tell: (text: string) => void) => (text: string) => beside(() => tell(text))
  return { note: above(log.note), warn: above(log.warn), debug: above(log.debug) }
}
