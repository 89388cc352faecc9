import { randomUUID } from "node:crypto"
import type { Answer } from "./exchange.ts"
import type { Fault } from "./fault.ts"

const namespaces = {
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
  iam: "https://iam.amazonaws.com/doc/2010-05-08/",
} as const

/** A service of the Query protocol. */
export type QueryService = keyof typeof namespaces

/** Elements by name; what is inside is text, a list of texts, or more elements. */
export interface Elements {
  readonly [name: string]: string | readonly string[] | Elements
}

/** An answer of the Query protocol. An operation may have no result. */
export function xmlAnswer(operation: string, result: Elements | null, service: QueryService): Answer {
  return xml(200, service, `${operation}Response`, {
    ...(result !== null && { [`${operation}Result`]: result }),
    ResponseMetadata: { RequestId: randomUUID() },
  })
}

/** An error of the Query protocol. */
export function xmlFault({ code, message, status }: Fault, service: QueryService): Answer {
  const Type = status < 500 ? "Sender" : "Receiver"
  return xml(status, service, "ErrorResponse", {
    Error: { Type, Code: code, Message: message },
    RequestId: randomUUID(),
  })
}

function xml(status: number, service: QueryService, root: string, content: Elements): Answer {
  const namespace = namespaces[service]
  const headers = { "content-type": "text/xml", "x-amzn-requestid": randomUUID() }
  return { status, headers, body: `<${root} xmlns="${namespace}">\n${render(content, "  ")}</${root}>\n` }
}

function render(elements: Elements, indent: string): string {
  return Object.entries(elements)
    .map(([name, inner]) =>
      typeof inner === "string"
        ? `${indent}<${name}>${escapeText(inner)}</${name}>\n`
        : `${indent}<${name}>\n${renderInner(inner, `${indent}  `)}${indent}</${name}>\n`,
    )
    .join("")
}

function renderInner(inner: readonly string[] | Elements, indent: string): string {
  if (!isList(inner)) return render(inner, indent)
  return inner.map((text) => render({ member: text }, indent)).join("")
}

function isList(inner: readonly string[] | Elements): inner is readonly string[] {
  return Array.isArray(inner)
}

function escapeText(text: string): string {
  const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
  return text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign)
}
