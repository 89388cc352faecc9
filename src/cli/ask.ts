import { answerOfOneLine, type LineAnswer } from "../adapters/node/one-line.ts"
import { stderrIsTerminal, stdinIsTerminal } from "../adapters/node/standard-streams.ts"
import { Secret } from "../core/secret.ts"
import { printable } from "../core/text.ts"
import type { Asker } from "../ports/asker.ts"

/** The person has gone away: by Ctrl-C, or by closing the terminal. */
export class Interrupted extends Error {
  override readonly name = "Interrupted"
}

/** Whether somebody is there to answer. Questions go to standard error. */
export function canAsk(): boolean {
  return stdinIsTerminal() && stderrIsTerminal()
}

/** Asks on the terminal. Every question throws {@link Interrupted} on Ctrl-C. */
export const terminalAsker: Asker = {
  async text({ message, suggestion, check }) {
    const { default: input } = await import("@inquirer/input")
    const validate = (answer: string) => check(answer || (suggestion ?? "")) ?? true
    const given = suggestion === null || suggestion === "" ? {} : { default: suggestion }
    return answered(input({ message, validate, ...given }, { output: process.stderr }))
  },
  async choose(message, choices) {
    const { default: select } = await import("@inquirer/select")
    const shown = choices.map(({ name, value }) => ({ name: printable(name), value }))
    return answered(select({ message: printable(message), choices: shown }, { output: process.stderr }))
  },
}

/** Asks for yes or no, where no is what is taken without thinking. @throws Interrupted on Ctrl-C. */
export async function confirmed(question: string): Promise<boolean> {
  const { default: confirm } = await import("@inquirer/confirm")
  return answered(confirm({ message: printable(question), default: false }, { output: process.stderr }))
}

/**
 * Asks for a value, and shows nothing of it, nor of what is pasted with it.
 *
 * @throws Interrupted on Ctrl-C.
 */
export async function askHidden(question: string): Promise<LineAnswer<Secret>> {
  const { default: password } = await import("@inquirer/password")
  const message = printable(question)
  return answerOfOneLine(
    async (input) =>
      new Secret(await answered(password({ message, toggleMask: false }, { input, output: process.stderr }))),
  )
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError")
      throw new Interrupted("", { cause: error })
    throw error
  }
}
