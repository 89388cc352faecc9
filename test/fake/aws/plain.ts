import type { Answer } from "./exchange.ts"
import type { Fault } from "./fault.ts"

/** An error as Go's `http.Error` writes it, which the Pod Identity agent uses. */
export function plainFault({ message, status }: Fault): Answer {
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" }
  return { status, headers, body: `${message}\n` }
}

/** Credentials and other JSON of the endpoints on a machine. */
export function jsonAnswer(status: number, value: object): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) }
}
