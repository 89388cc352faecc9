import { describe, expect, test } from "vitest"
import { type Condition, type ConditionContext, checkCondition, conditionHolds } from "./condition.ts"

const app = "kms:EncryptionContext:app"
const keys = "kms:EncryptionContextKeys"

function context(pairs: Readonly<Record<string, string | readonly string[]>>): ConditionContext {
  return new Map(Object.entries(pairs))
}

const shop = context({ "kms:encryptioncontext:app": "shop", "kms:encryptioncontextkeys": ["app", "env"] })
const none = context({ "kms:encryptioncontextkeys": [] })

type Case = [condition: Condition, given: ConditionContext, holds: boolean]

const cases: Record<string, Case[]> = {
  "StringEquals needs the key, compares values by case and key names without": [
    [{ StringEquals: { [app]: "shop" } }, shop, true],
    [{ StringEquals: { "KMS:encryptioncontext:APP": "shop" } }, shop, true],
    [{ StringEquals: { [app]: "Shop" } }, shop, false],
    [{ StringEquals: { [app]: "sh*" } }, shop, false],
    [{ StringEquals: { [app]: ["blog", "shop"] } }, shop, true],
    [{ StringEquals: { [app]: "shop" } }, none, false],
    [{ StringEquals: { [app]: [] } }, shop, false],
  ],
  "StringNotEquals holds without the key, and must differ from every value": [
    [{ StringNotEquals: { [app]: "blog" } }, shop, true],
    [{ StringNotEquals: { [app]: ["blog", "shop"] } }, shop, false],
    [{ StringNotEquals: { [app]: "shop" } }, none, true],
  ],
  "StringLike knows wildcards": [
    [{ StringLike: { [app]: "sh*" } }, shop, true],
    [{ StringLike: { [app]: "sh?" } }, shop, false],
    [{ StringLike: { [app]: "*" } }, none, false],
  ],
  "ArnEquals and ArnLike match part by part": [
    [{ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*:role/a*" } }, principal("app"), true],
    [{ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a*" } }, principal("app"), true],
    [{ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/b*" } }, principal("app"), false],
    [{ ArnLike: { "aws:PrincipalArn": "arn:*" } }, principal("app"), false],
    [{ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::*:role/a*" } }, none, false],
  ],
  "Bool needs the key": [
    [{ Bool: { "aws:SecureTransport": "true" } }, context({ "aws:securetransport": "true" }), true],
    [{ Bool: { "aws:SecureTransport": "false" } }, context({ "aws:securetransport": "true" }), false],
    [{ Bool: { "aws:SecureTransport": "false" } }, none, false],
  ],
  "Null asks whether there is a value": [
    [{ Null: { [keys]: "false" } }, shop, true],
    [{ Null: { [keys]: "false" } }, none, false],
    [{ Null: { [keys]: "true" } }, none, true],
    [{ Null: { [app]: "true" } }, shop, false],
  ],
  "IfExists holds without the key, and changes nothing with it": [
    [{ StringEqualsIfExists: { [app]: "shop" } }, none, true],
    [{ StringEqualsIfExists: { [app]: "blog" } }, shop, false],
    [{ StringLikeIfExists: { "kms:ViaService": "secretsmanager.*" } }, shop, true],
    [{ BoolIfExists: { "aws:SecureTransport": "false" } }, none, true],
  ],
  "ForAllValues wants every value of the request, and holds when there is none": [
    [{ "ForAllValues:StringEquals": { [keys]: ["app", "env"] } }, shop, true],
    [{ "ForAllValues:StringEquals": { [keys]: ["app", "env", "more"] } }, shop, true],
    [{ "ForAllValues:StringEquals": { [keys]: ["app"] } }, shop, false],
    [{ "ForAllValues:StringEquals": { [keys]: ["App", "Env"] } }, shop, false],
    [{ "ForAllValues:StringEquals": { [keys]: ["app"] } }, none, true],
    [{ "ForAllValues:StringNotEquals": { [keys]: ["env"] } }, shop, false],
    [{ "ForAllValues:StringNotEquals": { [keys]: ["more"] } }, shop, true],
  ],
  "ForAnyValue wants one value of the request, and fails when there is none": [
    [{ "ForAnyValue:StringEquals": { [keys]: ["app"] } }, shop, true],
    [{ "ForAnyValue:StringEquals": { [keys]: ["App"] } }, shop, false],
    [{ "ForAnyValue:StringLike": { [keys]: ["en*"] } }, shop, true],
    [{ "ForAnyValue:StringEquals": { [keys]: ["app"] } }, none, false],
    [{ "ForAnyValue:StringNotEquals": { [keys]: ["app"] } }, shop, true],
    [{ "ForAnyValue:StringNotEquals": { [keys]: ["app", "env"] } }, shop, false],
    [{ "ForAnyValue:StringNotEquals": { [keys]: ["app"] } }, none, false],
    [{ "ForAnyValue:StringEqualsIfExists": { [keys]: ["app"] } }, none, true],
  ],
  "all operators and all keys must hold": [
    [{ StringEquals: { [app]: "shop" }, Null: { [keys]: "false" } }, shop, true],
    [{ StringEquals: { [app]: "shop" }, Null: { [keys]: "true" } }, shop, false],
    [{ StringEquals: { [app]: "shop", "kms:CallerAccount": "111122223333" } }, shop, false],
    [{}, none, true],
  ],
}

describe.each(Object.entries(cases))("%s", (_, rows) => {
  test.each(rows)("%j", (condition, given, holds) => {
    checkCondition(condition)
    expect(conditionHolds(condition, given)).toBe(holds)
  })
})

test.each<[string, Condition]>([
  ["an operator that is not known", { StringEqualsIgnoreCase: { [app]: "shop" } }],
  ["an operator that is a property of every object", { constructor: { [app]: "shop" } }],
  ["an operator in other case", { stringEquals: { [app]: "shop" } }],
  ["IfExists with Null", { NullIfExists: { [app]: "true" } }],
  ["a quantifier with Null", { "ForAllValues:Null": { [keys]: "true" } }],
  ["an unknown quantifier", { "ForSomeValues:StringEquals": { [keys]: "app" } }],
  ["a condition key that is not known", { StringEquals: { "kms:EncryptionContexts:app": "shop" } }],
  ["several values without a quantifier", { StringEquals: { [keys]: "app" } }],
  ["ForAllValues with one pair of the context", { "ForAllValues:StringEquals": { [app]: "shop" } }],
  ["a policy variable", { StringEquals: { [app]: "${aws:PrincipalTag/app}" } }],
  ["a value of Null that is no boolean", { Null: { [app]: "yes" } }],
  ["a value that is no string", { StringEquals: { [app]: 1 as unknown as string } }],
])("%s is refused, so that it cannot pass by accident", (_, condition) => {
  expect(() => checkCondition(condition)).toThrow(
    expect.objectContaining({ code: "MalformedPolicyDocumentException" }),
  )
})

function principal(name: string): ConditionContext {
  return context({ "aws:principalarn": `arn:aws:iam::111122223333:role/${name}` })
}
