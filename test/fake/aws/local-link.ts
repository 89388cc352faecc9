import { setImmediate as nextTurn } from "node:timers/promises"
import type { Link } from "./link.ts"

/** What a fake in this process is made of. */
export interface Parts<C> {
  /** What errors call it. */
  readonly name: string
  readonly listening: Promise<void>
  readonly run: (command: C) => unknown
  /** Has to end all that it began: servers, connections, timers. */
  readonly end: () => Promise<void>
}

/** The line to a fake in this process. */
export class LocalLink<C> implements Link<C> {
  readonly listening: Promise<void>
  readonly #parts: Parts<C>
  #end: Promise<void> | null = null

  constructor(parts: Parts<C>) {
    this.#parts = parts
    this.listening = parts.listening
    this.listening.catch(() => {})
  }

  async ask(command: C): Promise<unknown> {
    // So that one who asks again and again leaves the fake its turn.
    await nextTurn()
    if (this.#end !== null) throw new Error(`${this.#parts.name} has ended`)
    return copied((await this.#parts.run(copied(command))) ?? null)
  }

  close(): Promise<void> {
    this.#end ??= this.#parts.end()
    return this.#end
  }
}

/** A value as it comes out of a pipe: nothing that is changed on one side is changed on the other. */
export function copied<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}
