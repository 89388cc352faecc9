import { constants } from "node:os"
import { leave } from "../adapters/node/leave.ts"
import { say } from "./talk.ts"

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/**
 * Ends on a signal, as process 1 of a container too, where the kernel drops every signal without a handler.
 * No draft is ever left by it: files are written without giving way to a handler.
 *
 * @returns how to leave signals to their defaults again.
 */
export function endOnSignals(): () => void {
  const end = (signal: NodeJS.Signals) => {
    say(`ended by ${signal}; nothing was written`)
    leave(128 + constants.signals[signal])
  }
  for (const signal of signals) process.on(signal, end)
  return () => {
    for (const signal of signals) process.off(signal, end)
  }
}
