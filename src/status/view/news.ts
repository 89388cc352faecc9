/** Remembers what was said, and tells what is new. */
export class News {
  readonly #isUsual: (text: string) => boolean
  #said: ReadonlyMap<string, string> = new Map()

  /** @param isUsual whether this is said only after it was otherwise. */
  constructor(isUsual: (text: string) => boolean) {
    this.#isUsual = isUsual
  }

  /** @param statements by what each is about. */
  of(statements: ReadonlyMap<string, string>): readonly string[] {
    const before = this.#said
    this.#said = statements
    return [...statements].flatMap(([about, text]) => {
      const last = before.get(about)
      const isNew = last === undefined ? !this.#isUsual(text) : last !== text
      return isNew ? [text] : []
    })
  }
}
