import { Fault } from "./fault.ts"

const lifeMs = 5 * 60 * 1000

/** Whose token it is, and what it was sent with. */
export interface TokenUse {
  readonly account: string
  readonly region: string
  readonly token: string
  /** All parameters but the token. */
  readonly request: object
}

/** The idempotency tokens that StartBuild was asked with. Each is known for five minutes. */
export class BuildTokens {
  readonly #known = new Map<string, Known>()

  /**
   * @returns the id of the build that the token has started, or `null` when it is new.
   * @throws InvalidInputException when it was used with other parameters.
   */
  find(use: TokenUse, now: number): string | null {
    const known = this.#known.get(keyOf(use))
    if (known === undefined || known.at + lifeMs <= now) return null
    if (known.request === canonical(use.request)) return known.buildId
    throw new Fault(
      "InvalidInputException",
      "The idempotency token does not match: it was used in another request with different parameters",
    )
  }

  /** Notes what a new token has started. */
  note(use: TokenUse, buildId: string, now: number): void {
    this.#known.set(keyOf(use), { request: canonical(use.request), buildId, at: now })
  }
}

interface Known {
  readonly request: string
  readonly buildId: string
  readonly at: number
}

function keyOf({ account, region, token }: TokenUse): string {
  return JSON.stringify([account, region, token])
}

function canonical(request: object): string {
  return JSON.stringify(Object.entries(request).sort(([one], [other]) => (one < other ? -1 : 1)))
}
