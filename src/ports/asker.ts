/** A question that is answered by a line of text. */
export interface TextQuestion {
  readonly message: string
  /** What is taken when nothing is typed; `null` when something has to be. */
  readonly suggestion: string | null
  /** @returns what to write instead, or `null` for an answer that is good. */
  check(answer: string): string | null
}

export interface Choice<T> {
  readonly name: string
  readonly value: T
}

/** Somebody at a terminal. */
export interface Asker {
  text(question: TextQuestion): Promise<string>
  /** @param choices at least one; the first is the one to take without thinking. */
  choose<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T>
}
