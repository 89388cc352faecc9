import type { LocalClock, Timer } from "../../src/ports/clock.ts"

/** Time that goes on only when a test lets it. */
export class FakeTimer implements Timer, LocalClock {
  #nowMs = 0
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  now(): Date {
    return new Date(this.#nowMs)
  }

  offsetMinutes(): number {
    return 0
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((wake) => {
      this.#sleepers.push({ atMs: this.#nowMs + ms, wake })
      signal.addEventListener("abort", () => wake())
    })
  }

  /** Lets that much time pass, sleeper by sleeper. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    for (;;) {
      // What was begun comes to its next sleep first.
      await new Promise((resolve) => setImmediate(resolve))
      const [next] = this.#sleepers.toSorted((one, other) => one.atMs - other.atMs)
      if (next === undefined || next.atMs > endMs) break
      this.#sleepers = this.#sleepers.filter((one) => one !== next)
      this.#nowMs = next.atMs
      next.wake()
    }
    this.#nowMs = endMs
  }
}
