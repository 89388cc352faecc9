import { readFileSync } from "node:fs"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"

/** Whether it can stand in an `Authorization` header. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}

/** How long a token that was read is used, as client-go does: the writer of the file renews it in good time. */
const freshMs = 60_000

/** A token in a file that others keep up to date. */
export class TokenFile {
  readonly #path: string
  #token = ""
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(path: string) {
    this.#path = path
  }

  /**
   * @param again whether the one that was given before is no good.
   * @throws EnvsealError `NO_CREDENTIALS`.
   */
  read(again: boolean): string {
    const nowMs = performance.now()
    if (!again && nowMs - this.#readAtMs < freshMs) return this.#token
    this.#token = this.#content()
    this.#readAtMs = nowMs
    return this.#token
  }

  #content(): string {
    let token: string
    try {
      token = readFileSync(this.#path, "utf8").trim()
    } catch (error) {
      throw this.#unusable(`cannot be read (${systemCode(error)})`)
    }
    if (!isToken(token)) throw this.#unusable("holds no token")
    return token
  }

  #unusable(why: string): EnvsealError {
    return new EnvsealError("NO_CREDENTIALS", `the token file ${printable(this.#path)} ${why}`, {
      hint: "look at tokenFile in the kubeconfig, and at who writes that file",
    })
  }
}
