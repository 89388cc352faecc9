/** Time as the fake cluster sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs once, that much later. @returns what calls it off. */
  after(delayMs: number, run: () => void): () => void
}

/** The time of the machine, until it is stopped. */
export class WallClock implements Clock {
  readonly #timers = new Set<NodeJS.Timeout>()
  #stopped = false

  now(): number {
    return Date.now()
  }

  after(delayMs: number, run: () => void): () => void {
    if (this.#stopped) return () => {}
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, delayMs)
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
      clearTimeout(timer)
    }
  }

  /** Calls off all that has not run yet. Nothing runs by this clock afterwards. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** A clock that stands until it is advanced, so that a history of minutes is played in no time. */
export class ManualClock implements Clock {
  #now: number
  readonly #timers = new Set<Timer>()

  constructor(now = Date.parse("2026-01-02T03:04:05Z")) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + delayMs, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Runs what falls due in that time, in order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = end
  }

  #next(end: number): Timer | null {
    let first: Timer | null = null
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === null || timer.at < first.at)) first = timer
    }
    return first
  }
}

/** RFC 3339 in whole seconds, as the API server writes `metav1.Time`. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z")
}
