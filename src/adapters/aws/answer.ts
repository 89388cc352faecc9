import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry"
import { systemCode } from "../../core/error.ts"
import { isUntrusted, mayProxyConnect, networkWords } from "../../core/network.ts"

/** What a remote or the way to it answered instead of a result, reduced to what is known of it. */
export interface Answer {
  /** The service's code, such as `AccessDeniedException`. */
  readonly name: string
  /** As the remote wrote it: quote it through a `Redactor` only. */
  readonly message: string
  /** The system's code, such as `ECONNREFUSED`. */
  readonly code: string | null
  readonly $metadata: { readonly httpStatusCode?: number }
}

/** Faults of the service that pass, beside those the SDK knows by name and status. */
const passing = [
  "KMSInternalException",
  "DependencyTimeoutException",
  "KeyUnavailableException",
  "IDPCommunicationError",
  "IDPCommunicationErrorException",
  "InternalServiceError",
  "InternalServiceErrorException",
]

/** True for what may succeed when it is tried again: throttling, faults of the service, the network. Never a denial. */
export function answerMayPass(answer: Answer): boolean {
  return (
    passing.includes(answer.name) ||
    mayProxyConnect(answer.code) === true ||
    isThrottlingError(answer) ||
    isTransientError(answer) ||
    isServerError(answer)
  )
}

/** True when nothing was answered, and waiting ended by a limit of time. */
export function isSilence({ name, code }: Answer): boolean {
  // The SDK calls a connection that was cut a TimeoutError too.
  return code === null ? name === "TimeoutError" : code === "ETIMEDOUT"
}

/** True when the remote is asked too often. */
export function isThrottling(answer: Answer): boolean {
  return isThrottlingError(answer)
}

/** Takes a failure of one of these names for the result `null`. @throws the failure, when it has another name. */
export function nullFor(...names: readonly string[]): (thrown: unknown) => null {
  return (thrown) => {
    if (names.includes(answerOf(thrown).name)) return null
    throw thrown
  }
}

/** A failure in a few words, without anything that the remote wrote: `connection refused`, `ThrottlingException (400)`. */
export function describeAnswer({ name, $metadata, code }: Answer): string {
  const status = $metadata.httpStatusCode
  if (code !== null && /^[A-Z][A-Z0-9_]+$/.test(code)) return systemWords(code)
  if (name === "TimeoutError") return "no answer in time"
  if (status !== undefined && status < 400) return `an answer that cannot be read (${name})`
  return `${name}${status === undefined ? "" : ` (status ${status})`}`
}

function systemWords(code: string): string {
  const words = networkWords(code) ?? code
  return isUntrusted(code) ? `${words} (set NODE_EXTRA_CA_CERTS)` : words
}

/** Anything thrown in the form of the SDK's errors, its name cut to what a name can be. */
export function answerOf(thrown: unknown): Answer {
  if (!(thrown instanceof Error)) return { name: "Error", message: "", $metadata: {}, code: null }
  const { message } = thrown
  const name = /^[A-Za-z][\w.]{0,80}$/.test(thrown.name) ? thrown.name : "Error"
  const { $metadata = {} }: Partial<Answer> = thrown
  return { name, message, $metadata, code: systemCode(thrown) ?? systemCode(thrown.cause) }
}
