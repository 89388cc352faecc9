import type { Happening } from "../core/event.ts"
import { failureOf } from "./failure.ts"
import { type LeaseLock, renewAfterMs } from "./lock.ts"

/** @returns `locked` or `lock-refused`; `time` when the signal ended it. */
export async function acquireLock(lock: LeaseLock, signal: AbortSignal): Promise<Happening> {
  try {
    await lock.take(signal)
    return { type: "locked", renewAfterMs }
  } catch (error) {
    if (signal.aborted) return { type: "time" }
    return { type: "lock-refused", failure: failureOf(error) }
  }
}

/** @returns `lock-renewed`, `lock-lost` or `lock-unsure`, with the number of the question where the lock may be held. */
export async function renewLock(lock: LeaseLock, ask: number): Promise<Happening> {
  try {
    const holder = await lock.renew()
    return holder === null ? { type: "lock-renewed", ask } : { type: "lock-lost", holder }
  } catch (error) {
    failureOf(error)
    return { type: "lock-unsure", ask }
  }
}

/** @returns `unlocked`, with the reason when the lock could not be given back. */
export async function giveLockBack(lock: LeaseLock): Promise<Happening> {
  try {
    await lock.release()
    return { type: "unlocked", why: null }
  } catch (error) {
    return { type: "unlocked", why: failureOf(error).message }
  }
}
