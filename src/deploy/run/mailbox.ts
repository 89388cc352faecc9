/** Events in the order in which they came, for one reader. */
export class Mailbox<T> {
  readonly #waiting: T[] = []
  #wake: (() => void) | null = null
  #crash: { readonly error: unknown } | null = null

  put(event: T): void {
    this.#waiting.push(event)
    this.#wake?.()
  }

  /** Makes the reader fail: for a bug in something that runs beside it. */
  crash(error: unknown): void {
    this.#crash ??= { error }
    this.#wake?.()
  }

  async take(): Promise<T> {
    for (;;) {
      if (this.#crash !== null) throw this.#crash.error
      const event = this.#waiting.shift()
      if (event !== undefined) return event
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = null
    }
  }
}
