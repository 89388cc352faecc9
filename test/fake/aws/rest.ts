import { randomUUID } from "node:crypto"
import type { Answer } from "./exchange.ts"
import type { Fault } from "./fault.ts"

/** An answer in the protocol REST JSON. */
export function restAnswer(status: number, value: object): Answer {
  const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() }
  return { status, headers, body: JSON.stringify(value) }
}

/** An error in the protocol REST JSON: its code is in a header. */
export function restFault({ code, message, status }: Fault): Answer {
  const answer = restAnswer(status, message === "" ? {} : { message })
  return { ...answer, headers: { ...answer.headers, "x-amzn-errortype": code } }
}
