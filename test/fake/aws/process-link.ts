import type { ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { jsonLine } from "./line.ts"
import type { Link } from "./link.ts"
import type { Line } from "./main.ts"

const waitMs = 600_000

/** The line to a fake in another process. It gives an answer up after ten minutes. */
export class ProcessLink<C extends { readonly do: string }> implements Link<C> {
  readonly url: Promise<string>
  /** Done once it listens, and rejected when it ends before that. */
  readonly listening: Promise<void>
  readonly #child: ChildProcess
  readonly #name: string
  readonly #gone: Promise<void>
  readonly #url = Promise.withResolvers<string>()
  readonly #listening = Promise.withResolvers<void>()
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>()
  #lastId = 0
  #stderr = ""
  #ended: Error | null = null

  /** @param name what errors call the fake */
  constructor(child: ChildProcess, name: string) {
    this.#child = child
    this.#name = name
    this.url = this.#bounded(this.#url.promise)
    this.listening = this.#listening.promise
    this.listening.catch(() => {})
    this.#gone = new Promise((resolve) => {
      child.once("close", () => {
        this.#end(new Error(`${name} has ended: ${this.#stderr.trim()}`))
        resolve()
      })
    })
    child.once("error", (error) => this.#end(error))
    child.stderr?.on("data", (chunk) => {
      this.#stderr += chunk
    })
    child.stdin?.on("error", () => {})
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => this.#take(JSON.parse(line)))
    }
  }

  /** Sends a line that has no answer. */
  send(value: object): void {
    this.#child.stdin?.write(jsonLine(value))
  }

  /** Sends a command. @returns what it gives back. */
  ask(command: C): Promise<unknown> {
    const id = ++this.#lastId
    const answer = Promise.withResolvers<unknown>()
    this.#answers.set(id, answer)
    if (this.#ended !== null) answer.reject(this.#ended)
    this.send({ id, ...command })
    return this.#bounded(answer.promise)
  }

  /** Lets the process end, and makes it when it does not. Done when it is gone. */
  async close(): Promise<void> {
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), waitMs)
    await this.#gone
    clearTimeout(timer)
  }

  #take(line: Line): void {
    if ("listening" in line) {
      if ("url" in line) this.#url.resolve(line.url)
      if (line.listening) this.#listening.resolve()
    } else if ("error" in line) this.#answers.get(line.id)?.reject(new Error(line.error))
    else this.#answers.get(line.id)?.resolve(line.value)
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#url.reject(error)
    this.#listening.reject(error)
    for (const { reject } of this.#answers.values()) reject(error)
  }

  async #bounded<T>(work: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error(`${this.#name} did not answer`)), waitMs)
    try {
      return await Promise.race([work, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}
