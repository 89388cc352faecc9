import { isBun } from "../../core/runtime.ts"

/** Milliseconds since some moment before; never goes back. Node takes two milliseconds to load `performance`. */
export const nowMs: () => number = isBun ? () => performance.now() : hrtimeMs

function hrtimeMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
