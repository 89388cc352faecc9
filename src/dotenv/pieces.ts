/**
 * A text put together from pieces of another, as long ones as there are: engines keep a text that grew by one
 * character at a time as a tree of its characters, at many times its size.
 */
export class Pieces {
  readonly #source: string
  #pieces: string[] = []
  #from = 0
  #to = 0
  #length = 0

  constructor(source: string) {
    this.#source = source
  }

  get length(): number {
    return this.#length
  }

  /** What stands in the source between two places, never before what was taken last. */
  take(from: number, to: number): void {
    if (from !== this.#to) {
      this.#flush()
      this.#from = from
    }
    this.#to = to
    this.#length += to - from
  }

  add(text: string): void {
    this.#flush()
    this.#pieces.push(text)
    this.#length += text.length
  }

  joined(): string {
    this.#flush()
    return this.#pieces.length === 1 ? (this.#pieces[0] ?? "") : this.#pieces.join("")
  }

  #flush(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#source.slice(this.#from, this.#to))
    this.#from = this.#to
  }
}
