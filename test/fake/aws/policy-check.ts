import { checkCondition } from "./condition.ts"
import { Fault } from "./fault.ts"
import { listOf, type OneOrMore, type PolicyDocument, type Statement } from "./policy.ts"

/** @throws Fault for anything in a policy that this evaluator does not know, so that nothing passes by accident. */
export function checkPolicy(document: PolicyDocument, kind: "identity" | "resource"): void {
  onlyMembers(document, ["Version", "Id", "Statement"], "policy")
  if (document.Version !== "2012-10-17") throw malformed("a policy needs the Version 2012-10-17")
  const statements = listOf(document.Statement)
  if (statements.length === 0) throw malformed("a policy needs a Statement")
  for (const statement of statements) checkStatement(statement, kind)
}

/** Reads a policy that a request brings as a text. @throws Fault when it is no JSON, or {@link checkPolicy} does. */
export function readPolicy(text: string, kind: "identity" | "resource"): PolicyDocument {
  let document: PolicyDocument
  try {
    document = JSON.parse(text)
  } catch {
    throw malformed("Syntax errors in policy.")
  }
  checkPolicy(document, kind)
  return document
}

const members = ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"]

function checkStatement(statement: Statement, kind: "identity" | "resource"): void {
  onlyMembers(statement, members, "statement")
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny")
    throw malformed("a statement needs an Effect")
  for (const [one, other] of [
    ["Action", "NotAction"],
    ["Resource", "NotResource"],
  ] as const) {
    if ((statement[one] === undefined) === (statement[other] === undefined)) {
      throw malformed(`a statement needs ${one} or ${other}`)
    }
    checkTexts(one, statement[one] ?? statement[other] ?? [])
  }
  if ((statement.Principal !== undefined) !== (kind === "resource")) {
    throw malformed(
      kind === "resource" ? "a statement needs a Principal" : "an identity policy has no Principal",
    )
  }
  if (statement.Principal !== undefined) checkPrincipal(statement.Principal)
  checkCondition(statement.Condition ?? {})
}

function checkPrincipal(principal: NonNullable<Statement["Principal"]>): void {
  if (principal === "*") return
  onlyMembers(principal, ["AWS"], "Principal")
  for (const name of listOf(principal.AWS)) {
    const known =
      /^(\*|\d{12}|arn:aws:iam::\d{12}:(root|role\/[^*?]+)|arn:aws:sts::\d{12}:assumed-role\/[^*?]+)$/
    if (!known.test(name)) throw malformed(`invalid principal in policy: ${name}`)
  }
}

function checkTexts(name: string, texts: OneOrMore<string>): void {
  for (const text of listOf(texts)) {
    if (typeof text !== "string" || text === "") throw malformed(`${name} has a value that is no text`)
    if (text.includes("${")) throw malformed(`policy variables are not known here: ${text}`)
    const ok = name === "Action" ? /^(\*|[a-z-]+:[A-Za-z*?]+)$/i : /^(\*|arn:.+)$/
    if (!ok.test(text)) throw malformed(`${name} ${text} is malformed`)
  }
}

function onlyMembers(value: object, known: readonly string[], name: string): void {
  if (typeof value !== "object" || value === null) throw malformed(`a ${name} is no object`)
  for (const member of Object.keys(value)) {
    if (!known.includes(member)) throw malformed(`unknown ${name} member ${member}`)
  }
}

function malformed(message: string): Fault {
  return new Fault("MalformedPolicyDocumentException", message)
}
