import { EnvsealError, systemCode } from "../../core/error.ts"
import { mayProxyConnect, networkWords } from "../../core/network.ts"

interface FailureDetails {
  readonly status?: number
  readonly reason?: string
  readonly code?: string
  readonly retryAfterMs?: number
  readonly detailed?: boolean
}

/** What came instead of a result: a refusal of the API server, or what befell the request on its way. */
export class NetworkFailure extends Error {
  override readonly name = "Failure"
  /** Of HTTP, or of an error in a watch; `null` when the server did not answer. */
  readonly status: number | null
  /** The server's word for it, such as `Expired` (Status.reason of the API reference). */
  readonly reason: string | null
  /** The system's code, such as `ECONNREFUSED`, or one of {@link ownCodes}. */
  readonly code: string | null
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | null
  /** Whether the server said which object or field it is about. */
  readonly detailed: boolean

  /** @param said as the server wrote it: to be quoted with care. */
  constructor(said: string, details: FailureDetails) {
    super(said)
    this.status = details.status ?? null
    this.reason = details.reason ?? null
    this.code = details.code ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
    this.detailed = details.detailed ?? false
  }
}

/** Codes of our own, beside the system's. */
export const ownCodes = {
  late: "ETIMEDOUT",
  cut: "ECONNRESET",
  tooLarge: "ANSWER_TOO_LARGE",
  unreadable: "ANSWER_UNREADABLE",
} as const

/** Anything that a request threw as a {@link NetworkFailure}; what is none of the network's stays what it is. */
export function networkFailureOf(thrown: unknown): unknown {
  if (thrown instanceof NetworkFailure || thrown instanceof EnvsealError) return thrown
  const code = systemCode(thrown)
  return code === null ? thrown : new NetworkFailure("", { code })
}

/** What a connection broke by. That of a proxy may have no code. */
export function failureOfConnection(error: Error): NetworkFailure {
  return error instanceof NetworkFailure
    ? error
    : new NetworkFailure("", { code: systemCode(error) ?? ownCodes.cut })
}

/** True for what may succeed when it is tried again: the network, throttling, faults of the server. */
export function failureMayPass({ status, code, message }: NetworkFailure): boolean {
  if (status !== null)
    return status === 408 || status === 429 || status >= 500 || isQuotaRace(status, message)
  const isFinal = isCertificateFault(code) || code === ownCodes.tooLarge || code === ownCodes.unreadable
  return !isFinal && mayProxyConnect(code) !== false
}

/**
 * Whether too much was counted against one quota at the same time, so that nothing was done (apiserver
 * pkg/admission/plugin/resourcequota, checkQuotas). It has the status of an object that exists already.
 */
function isQuotaRace(status: number, message: string): boolean {
  return status === 409 && message.startsWith("Operation cannot be fulfilled on resourcequotas")
}

/** Whether an object version or a list's continuation is too old for the server. */
export function isExpired({ status, reason }: NetworkFailure): boolean {
  return status === 410 || reason === "Expired" || reason === "Gone"
}

/** Whether the failure is that of a certificate, the server's or our own. */
export function isCertificateFault(code: string | null): boolean {
  return code !== null && (/CERT|^UNABLE_TO_|^ERR_(?:OSSL|SSL|TLS|BORINGSSL)/.test(code) || code === "EPROTO")
}

/** A failure in a few words, without anything that the server wrote: `connection refused`, `status 503 (…)`. */
export function describeFailure({ status, reason, code }: NetworkFailure): string {
  if (status !== null) return `status ${status}${reason === null ? "" : ` (${reason})`}`
  return code === null ? "no answer" : (ownWords[code] ?? networkWords(code) ?? code)
}

const ownWords: Readonly<Record<string, string>> = {
  [ownCodes.tooLarge]: "its answer is too large",
  [ownCodes.unreadable]: "its answer cannot be read",
}

/** @returns `null` when the API server refuses with one of these; the page of some proxy is no such answer. */
export async function orNull<T>(statuses: readonly number[], answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    const isAnswer = error instanceof NetworkFailure && error.reason !== null && !failureMayPass(error)
    if (isAnswer && statuses.includes(error.status ?? 0)) return null
    throw error
  }
}
