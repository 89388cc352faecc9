import { leave } from "../adapters/node/leave.ts"
import { say } from "./log.ts"

/** Their numbers in POSIX. `node:os`, which has them too, takes a part of a millisecond to load. */
const numbers: Readonly<Record<string, number>> = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1, SIGQUIT: 3 }
const signals = Object.keys(numbers) as NodeJS.Signals[]

/**
 * Ends on a signal, as process 1 of a container too, where the kernel drops every signal without a handler.
 * SIGQUIT is among them because images of php-fpm are stopped with it. No draft is ever left: files are written
 * without giving way to a handler.
 *
 * @returns how to leave signals to their defaults again.
 */
export function endOnSignals(): () => void {
  const end = (signal: NodeJS.Signals) => {
    say(`ended by ${signal}`)
    leave(128 + (numbers[signal] ?? 0))
  }
  for (const signal of signals) process.on(signal, end)
  return () => {
    for (const signal of signals) process.off(signal, end)
  }
}
