import { ApiError, expired, unauthorized } from "./api-error.ts"
import type { LoggedRequest } from "./exchange.ts"

/**
 * What goes wrong with a request.
 * - `error` 500, `unavailable` 503, `throttle` 429 with `Retry-After: 1`, `unauthorized` 401
 * - `expired` 410; `expired-event` the same in the stream of a watch
 * - `hang` no answer; `reset` the connection breaks before anything is done; `lost` it breaks after it was done
 * - `stall` a watch is opened in which nothing ever comes
 * - `garbage` an answer that is no JSON
 */
export const failures = [
  "error",
  "unavailable",
  "throttle",
  "unauthorized",
  "expired",
  "expired-event",
  "hang",
  "reset",
  "lost",
  "stall",
  "garbage",
] as const

export type Failure = (typeof failures)[number]

/** Which requests fail, and how. The first rule that applies to a request is the one. */
export interface FailureRule {
  readonly verb?: string
  /** With the subresource, such as `pods/log`. */
  readonly resource?: string
  readonly name?: string
  readonly user?: string
  /** How many fail; without it, all. */
  readonly times?: number
  /** How many that the rule is for go through before. */
  readonly after?: number
  readonly with: Failure
}

/** The rules in force. Each counts the requests that it is for. */
export class Failures {
  readonly #rules: { readonly rule: FailureRule; seen: number }[] = []

  /** @throws Error for a rule that is none. */
  add(rule: FailureRule): void {
    const known = ["verb", "resource", "name", "user", "times", "after", "with"]
    const other = Object.keys(rule).find((name) => !known.includes(name))
    if (other !== undefined) throw new Error(`unknown member ${other} of a rule`)
    if (!failures.includes(rule.with)) throw new Error(`unknown failure ${JSON.stringify(rule.with)}`)
    this.#rules.push({ rule, seen: 0 })
  }

  clear(): void {
    this.#rules.length = 0
  }

  /** The failure for a request. @returns `null` when it is to go through. */
  next(request: LoggedRequest): Failure | null {
    for (const entry of this.#rules) {
      if (!isFor(entry.rule, request)) continue
      const index = entry.seen - (entry.rule.after ?? 0)
      if (index >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) continue
      entry.seen += 1
      if (index >= 0) return entry.rule.with
    }
    return null
  }
}

/** The refusal that a failure is. @returns `null` for one that is none. */
export function refusalOf(failure: Failure): ApiError | null {
  switch (failure) {
    case "error":
      return new ApiError(500, "InternalError", "Internal error occurred: etcdserver: request timed out", {
        causes: [{ message: "etcdserver: request timed out" }],
      })
    case "unavailable":
      return new ApiError(503, "ServiceUnavailable", "apiserver not ready")
    case "throttle":
      return new ApiError(429, "TooManyRequests", "Too many requests, please try again later.", {
        retryAfterSeconds: 1,
      })
    case "unauthorized":
      return unauthorized()
    case "expired":
    case "expired-event":
      return expired("too old resource version: 1 (1000)")
    default:
      return null
  }
}

function isFor(rule: FailureRule, request: LoggedRequest): boolean {
  return (["verb", "resource", "name", "user"] as const).every(
    (member) => rule[member] === undefined || rule[member] === request[member],
  )
}
