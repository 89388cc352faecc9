import { EnvsealError, type Problem } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Asker, Choice } from "../../ports/asker.ts"
import { type AnswerGrammar, insteadOf } from "../core/answer-grammar.ts"
import { wayOfOneSetUp } from "./place-warning.ts"
import type { FoundRepository } from "./repository-look.ts"

/** A question that a flag answers too. */
export interface Question {
  readonly flag: string
  readonly message: string
  readonly grammar: AnswerGrammar
  /** What to take when nothing else is said; `null` when it has to be said. */
  readonly suggestion: string | null
}

/**
 * Gathers answers: from the command line, or else from the person at the terminal, or else what is suggested. What is
 * missing or wrong is remembered, so that all of it can be told at once.
 */
export class Interview {
  readonly #asker: Asker | null
  readonly #hint: string
  readonly #problems: Problem[] = []

  /** @param asker `null` to ask nobody. */
  constructor(asker: Asker | null, { isSetUp }: Pick<FoundRepository, "isSetUp"> = { isSetUp: false }) {
    this.#asker = asker
    this.#hint = `give these flags, or run it on a terminal without --yes, where it asks; nothing was written${
      isSetUp ? `; this repository is set up already: ${wayOfOneSetUp}` : ""
    }`
  }

  /** @returns an empty text for what is missing or wrong. */
  async answer(given: string | undefined, question: Question): Promise<string> {
    if (given !== undefined) return this.take(given, question)
    const { message, suggestion, grammar, flag } = question
    if (this.#asker !== null) {
      // A person who answers must not learn at the end that it was in vain.
      this.finish()
      return this.#asker.text({ message, suggestion, check: (text) => insteadOf(text, grammar) })
    }
    if (suggestion !== null) return suggestion
    this.#problems.push({ code: "MISSING_SETTING", name: flag, reason: `is missing; ${grammar.instead}` })
    return ""
  }

  /** Like {@link answer}, and may be left out. @returns `null` when it is. */
  async optional(given: string | undefined, question: Omit<Question, "suggestion">): Promise<string | null> {
    if (given !== undefined) return this.take(given, question)
    if (this.#asker === null) return null
    this.finish()
    const { message, grammar } = question
    const check = (text: string) => (text === "" ? null : insteadOf(text, grammar))
    const answer = await this.#asker.text({ message: `${message} (empty: not yet)`, suggestion: "", check })
    return answer === "" ? null : answer
  }

  /** @returns `null` when nobody can be asked, or there is nothing to choose between. */
  async choose(message: string, choices: readonly Choice<string>[]): Promise<string | null> {
    if (this.#asker === null || choices.length < 2) return null
    this.finish()
    return this.#asker.choose(message, choices)
  }

  /** Checks what the command line says. @returns it, or an empty text. */
  take(given: string, { flag, grammar }: Pick<Question, "flag" | "grammar">): string {
    const instead = insteadOf(given, grammar)
    if (instead === null) return given
    this.refuse(flag, `is ${JSON.stringify(printable(given))}; ${instead}`)
    return ""
  }

  refuse(flag: string, reason: string): void {
    this.#problems.push({ code: "BAD_SETTING", name: flag, reason })
  }

  /** Whether somebody can be asked. */
  get hasAsker(): boolean {
    return this.#asker !== null
  }

  /** @throws EnvsealError `USAGE` with everything that is missing or wrong. */
  finish(): void {
    if (this.#problems.length === 0) return
    throw new EnvsealError("USAGE", "some of what envseal init needs is missing or wrong", {
      problems: this.#problems,
      hint: this.#hint,
    })
  }
}
