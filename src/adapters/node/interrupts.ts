const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** A signal that asks the process to end. */
export type EndSignal = (typeof signals)[number]

/**
 * Takes the signals that would end the process, until the returned function is called: then the handlers from before have
 * them again.
 */
export function takeSignals(onSignal: (signal: EndSignal) => void): () => void {
  const before = signals.map((signal) => ({ signal, listeners: process.listeners(signal) }))
  const take = (signal: NodeJS.Signals) => {
    const known = signals.find((one) => one === signal)
    if (known !== undefined) onSignal(known)
  }
  for (const signal of signals) {
    process.removeAllListeners(signal)
    process.on(signal, take)
  }
  return () => {
    for (const { signal, listeners } of before) {
      process.off(signal, take)
      for (const listener of listeners) process.on(signal, listener)
    }
  }
}
