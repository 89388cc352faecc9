/** Bytes in pieces, whose beginning can be looked at before they are read. */
export class Input implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #seen: Uint8Array[] = []
  #failure: { readonly error: unknown } | null = null

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The first bytes of what is left, fewer than `count` only at the end. */
  async peek(count: number): Promise<Uint8Array> {
    let size = this.#seen.reduce((sum, chunk) => sum + chunk.length, 0)
    while (size < count) {
      const chunk = await this.#pull()
      if (chunk === null) break
      this.#seen.push(chunk)
      size += chunk.length
    }
    const [first, ...others] = this.#seen
    return (first !== undefined && others.length === 0 ? first : Buffer.concat(this.#seen)).subarray(0, count)
  }

  /**
   * @param isFree whether nobody needs the piece before any more, so that its room may be used again.
   * @returns `null` at the end. A failure is thrown again whenever it is asked for more.
   */
  async next(isFree = false): Promise<Uint8Array | null> {
    return this.#seen.shift() ?? this.#pull(isFree)
  }

  async drain(): Promise<void> {
    let chunk: Uint8Array | null
    do chunk = await this.next()
    while (chunk !== null)
  }

  /** A reader that stops leaves the rest to the next one. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        const value = await this.next()
        return value === null ? { done: true, value: undefined } : { done: false, value }
      },
    }
  }

  async #pull(isFree = false): Promise<Uint8Array | null> {
    if (this.#failure !== null) throw this.#failure.error
    try {
      const { done, value } = await this.#chunks.next(isFree)
      return done ? null : value
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }
}
