/** One statement of an IAM or key policy (IAM user guide, "JSON policy elements"). */
export interface Statement {
  readonly Sid?: string
  readonly Effect: "Allow" | "Deny"
  readonly Principal?: { readonly AWS: string | readonly string[] }
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: PolicyCondition
}

export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

export interface PolicyDocument {
  readonly Version: "2012-10-17"
  readonly Statement: readonly Statement[]
}

export function policyDocument(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements }
}

/**
 * Exactly this encryption context: every pair with its value, and no other pair. The second operator is what
 * forbids others, and pins the case of the names, which condition keys alone do not compare (KMS developer
 * guide, "kms:EncryptionContext").
 */
export function contextCondition(context: Readonly<Record<string, string>>): PolicyCondition {
  const names = Object.keys(context).sort()
  if (names.length === 0) return { Null: { "kms:EncryptionContextKeys": "true" } }
  return {
    StringEquals: Object.fromEntries(
      names.map((name) => [`kms:EncryptionContext:${name}`, context[name] ?? ""]),
    ),
    "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": names },
  }
}

/** Permission to use keys for one operation, under one context alone. */
export function keyStatement(
  action: "kms:Encrypt" | "kms:Decrypt",
  keyArns: readonly string[],
  context: Readonly<Record<string, string>>,
): Statement {
  return {
    Effect: "Allow",
    Action: action,
    Resource: oneOrMany(keyArns),
    Condition: contextCondition(context),
  }
}

/** A list of one as its element, as policies are commonly written. */
export function oneOrMany(list: readonly string[]): string | readonly string[] {
  const [first, ...others] = list
  return first !== undefined && others.length === 0 ? first : list
}
