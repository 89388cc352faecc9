import { randomUUID } from "node:crypto"
import type { Answer } from "./exchange.ts"
import type { Fault } from "./fault.ts"

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/"

/** Elements by name; what is inside is text or more elements. */
export interface Elements {
  readonly [name: string]: string | Elements
}

/** An answer of the Query protocol. */
export function xmlAnswer(operation: string, result: Elements): Answer {
  return xml(200, `${operation}Response`, {
    [`${operation}Result`]: result,
    ResponseMetadata: { RequestId: randomUUID() },
  })
}

/** An error of the Query protocol. */
export function xmlFault({ code, message, status }: Fault): Answer {
  const Type = status < 500 ? "Sender" : "Receiver"
  return xml(status, "ErrorResponse", {
    Error: { Type, Code: code, Message: message },
    RequestId: randomUUID(),
  })
}

function xml(status: number, root: string, content: Elements): Answer {
  const headers = { "content-type": "text/xml", "x-amzn-requestid": randomUUID() }
  return { status, headers, body: `<${root} xmlns="${namespace}">\n${render(content, "  ")}</${root}>\n` }
}

function render(elements: Elements, indent: string): string {
  return Object.entries(elements)
    .map(([name, inner]) =>
      typeof inner === "string"
        ? `${indent}<${name}>${escapeText(inner)}</${name}>\n`
        : `${indent}<${name}>\n${render(inner, `${indent}  `)}${indent}</${name}>\n`,
    )
    .join("")
}

function escapeText(text: string): string {
  const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
  return text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign)
}
