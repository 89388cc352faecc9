import { setTimeout as sleep } from "node:timers/promises"

/**
 * What takes longer hangs: the limit of every wait for a program of somebody else, in milliseconds. No machine that is
 * only slow or busy comes near it. A test's own limit is longer (`vitest.real.config.ts`), so that a failure names what
 * was waited for.
 */
export const hangMs = 540_000

const shortestMs = 50

/**
 * Waits before a program is asked again. Asking takes a quarter of the time at most: what is waited for needs the machine
 * too.
 *
 * @param askedMs how long the answer took, in milliseconds.
 */
export function rest(askedMs: number): Promise<void> {
  return sleep(Math.max(shortestMs, 3 * askedMs))
}
