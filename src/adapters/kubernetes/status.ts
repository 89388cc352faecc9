import { NetworkFailure } from "./failure.ts"

/** `Status` of the API reference, as far as it is read. */
interface Status {
  readonly kind?: unknown
  readonly message?: unknown
  readonly reason?: unknown
  readonly code?: unknown
  readonly details?: {
    readonly name?: unknown
    readonly causes?: unknown
    readonly retryAfterSeconds?: unknown
  }
}

/**
 * The failure that an answer with an error status is. Without a `Status` in it nothing of it is kept: it is some
 * proxy's page.
 *
 * @param retryAfter the header of that name.
 */
export function failureOfAnswer(
  httpStatus: number,
  retryAfter: string | undefined,
  text: string,
): NetworkFailure {
  return failureOfStatus(parsed(text), httpStatus, secondsIn(retryAfter))
}

/** The failure that an `ERROR` event of a watch is; its object is a `Status`, and its code stands in for HTTP's. */
export function failureOfEvent(object: unknown): NetworkFailure {
  const status = isStatus(object) ? object : null
  const code = typeof status?.code === "number" ? status.code : 500
  return failureOfStatus(status, code, null)
}

function failureOfStatus(
  status: Status | null,
  code: number,
  retryAfterSeconds: number | null,
): NetworkFailure {
  const { message, reason, details } = status ?? {}
  const wait =
    retryAfterSeconds ?? (typeof details?.retryAfterSeconds === "number" ? details.retryAfterSeconds : null)
  return new NetworkFailure(typeof message === "string" ? message : "", {
    status: code,
    detailed: typeof details?.name === "string" || Array.isArray(details?.causes),
    ...(typeof reason === "string" && /^[A-Za-z]{1,60}$/.test(reason) ? { reason } : {}),
    ...(wait === null ? {} : { retryAfterMs: wait * 1_000 }),
  })
}

function parsed(text: string): Status | null {
  try {
    const value: unknown = JSON.parse(text)
    return isStatus(value) ? value : null
  } catch {
    return null
  }
}

function isStatus(value: unknown): value is Status {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "Status"
}

/** Seconds alone: the API server sends no dates. */
function secondsIn(retryAfter: string | undefined): number | null {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null
}
