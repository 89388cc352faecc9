/** One alarm at a time: a new one takes the place of the one before. */
export class WatchTimer {
  #handle: NodeJS.Timeout | undefined

  start(ms: number, alarm: () => void): void {
    clearTimeout(this.#handle)
    this.#handle = setTimeout(alarm, ms)
  }

  stop(): void {
    clearTimeout(this.#handle)
  }
}
