import { type Condition, type ConditionContext, conditionHolds } from "./condition.ts"
import { matchesPattern } from "./pattern.ts"

/** Policies may leave the brackets of a list away. */
export type OneOrMore<T> = T | readonly T[]

/** One statement of an IAM policy. Identity policies have no Principal, the policy of a resource always has one. */
export interface Statement {
  readonly Sid?: string
  readonly Effect: "Allow" | "Deny"
  readonly Principal?: "*" | { readonly AWS: OneOrMore<string> }
  readonly Action?: OneOrMore<string>
  readonly NotAction?: OneOrMore<string>
  readonly Resource?: OneOrMore<string>
  readonly NotResource?: OneOrMore<string>
  readonly Condition?: Condition
}

/** An IAM policy document, as written in JSON. */
export interface PolicyDocument {
  readonly Version: "2012-10-17"
  readonly Id?: string
  readonly Statement: OneOrMore<Statement>
}

/** Who calls. A session acts as its role. */
export interface Principal {
  readonly account: string
  /** `arn:aws:iam::ACCOUNT:role/NAME` */
  readonly role: string
  /** `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` */
  readonly session: string
}

/** What a caller wants to do. */
export interface Access {
  readonly principal: Principal
  /** Such as `kms:Decrypt`. */
  readonly action: string
  /** The ARN that Resource is matched with. */
  readonly resource: string
  /** The account that the resource is in. */
  readonly account: string
  readonly context: ConditionContext
}

/** Allowed, or which kind of policy stands against it and whether it does so in words. */
export type Decision = "allowed" | `${"explicit" | "implicit"}-${"identity" | "resource"}`

interface Findings {
  readonly denied: boolean
  /** Allowed for this principal by name or by `*`. */
  readonly allowed: boolean
  /** Allowed for the account, which leaves it to identity policies. */
  readonly delegated: boolean
}

/**
 * As KMS decides. In the key's account the key policy must allow, or leave it to the account, and then an identity
 * policy must allow. From another account both must allow.
 */
export function decideForKey(
  identity: readonly PolicyDocument[],
  keyPolicy: PolicyDocument,
  access: Access,
): Decision {
  return decide(identity, keyPolicy, access, true)
}

/** As most services decide: in one account one of the two is enough, from another both must allow. */
export function decideForResource(
  identity: readonly PolicyDocument[],
  resourcePolicy: PolicyDocument | undefined,
  access: Access,
): Decision {
  return decide(identity, resourcePolicy, access, false)
}

function decide(
  identity: readonly PolicyDocument[],
  resourcePolicy: PolicyDocument | undefined,
  access: Access,
  resourceMustAllow: boolean,
): Decision {
  const own = findings(identity, access)
  const theirs = findings(resourcePolicy === undefined ? [] : [resourcePolicy], access)
  if (theirs.denied) return "explicit-resource"
  if (own.denied) return "explicit-identity"
  const sameAccount = access.principal.account === access.account
  if (sameAccount && theirs.allowed) return "allowed"
  const needsResource = resourceMustAllow || !sameAccount
  if (needsResource && !theirs.allowed && !theirs.delegated) return "implicit-resource"
  return own.allowed ? "allowed" : "implicit-identity"
}

function findings(documents: readonly PolicyDocument[], access: Access): Findings {
  const found = { denied: false, allowed: false, delegated: false }
  for (const statement of documents.flatMap((document) => listOf(document.Statement))) {
    const addressed = principalMatch(statement.Principal, access.principal)
    if (addressed === null || !statementApplies(statement, access)) continue
    if (statement.Effect === "Deny") found.denied = true
    else if (addressed === "account") found.delegated = true
    else found.allowed = true
  }
  return found
}

function statementApplies(statement: Statement, { action, resource, context }: Access): boolean {
  const actions = statement.Action ?? statement.NotAction ?? []
  const resources = statement.Resource ?? statement.NotResource ?? []
  const hasAction = listOf(actions).some((one) => matchesPattern(one.toLowerCase(), action.toLowerCase()))
  const hasResource = listOf(resources).some((one) => matchesPattern(one, resource))
  return (
    hasAction === (statement.Action !== undefined) &&
    hasResource === (statement.Resource !== undefined) &&
    conditionHolds(statement.Condition ?? {}, context)
  )
}

function principalMatch(
  principal: Statement["Principal"],
  { account, role, session }: Principal,
): "caller" | "account" | null {
  if (principal === undefined || principal === "*") return "caller"
  const names = listOf(principal.AWS)
  if (names.some((name) => name === "*" || name === role || name === session)) return "caller"
  return names.some((name) => name === account || name === `arn:aws:iam::${account}:root`) ? "account" : null
}

/** A member of a policy that is one or several. */
export function listOf<T>(value: OneOrMore<T>): readonly T[] {
  return Array.isArray(value) ? value : [value as T]
}
