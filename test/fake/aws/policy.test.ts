import { describe, expect, test } from "vitest"
import {
  type Access,
  type Decision,
  decideForKey,
  decideForResource,
  type PolicyDocument,
  type Statement,
} from "./policy.ts"
import { checkPolicy } from "./policy-check.ts"

const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
const root = { AWS: "arn:aws:iam::111122223333:root" }
const app = { AWS: "arn:aws:iam::111122223333:role/app" }
const deploy = { AWS: "arn:aws:iam::111122223333:role/deploy" }
const foreignRoot = { AWS: "arn:aws:iam::444455556666:root" }

const allow = { Effect: "Allow", Action: "kms:Decrypt", Resource: "*" } as const
const deny = { ...allow, Effect: "Deny" } as const

function policy(...statements: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements }
}

function access(part: Partial<Access> = {}, account = "111122223333"): Access {
  return {
    principal: {
      account,
      role: `arn:aws:iam::${account}:role/app`,
      session: `arn:aws:sts::${account}:assumed-role/app/pod`,
    },
    ...{ action: "kms:Decrypt", resource: key, account: "111122223333", context: new Map() },
    ...part,
  }
}

type Row = [title: string, identity: PolicyDocument[], resource: PolicyDocument, decision: Decision]

describe("a key in the caller's account", () => {
  test.each<Row>([
    ["is closed when nobody is allowed", [], policy({ ...allow, Principal: deploy }), "implicit-resource"],
    ["is open to who its policy names", [], policy({ ...allow, Principal: app }), "allowed"],
    ["is open to a session that its policy names", [], policy({ ...allow, Principal: session() }), "allowed"],
    ["is open to all when its policy says so", [], policy({ ...allow, Principal: "*" }), "allowed"],
    ["is open to all when AWS is a star", [], policy({ ...allow, Principal: { AWS: "*" } }), "allowed"],
    [
      "left to the account needs an identity policy",
      [],
      policy({ ...allow, Principal: root }),
      "implicit-identity",
    ],
    [
      "left to the account is open with one",
      [policy(allow)],
      policy({ ...allow, Principal: root }),
      "allowed",
    ],
    [
      "left to the account by its number",
      [policy(allow)],
      policy({ ...allow, Principal: number() }),
      "allowed",
    ],
    [
      "is closed to an identity policy alone",
      [policy(allow)],
      policy({ ...allow, Principal: deploy }),
      "implicit-resource",
    ],
    [
      "is closed by a deny of its policy",
      [policy(allow)],
      policy({ ...allow, Principal: app }, { ...deny, Principal: app }),
      "explicit-resource",
    ],
    [
      "is closed by a deny for the whole account",
      [policy(allow)],
      policy({ ...allow, Principal: app }, { ...deny, Principal: root }),
      "explicit-resource",
    ],
    [
      "is closed by a deny of an identity policy",
      [policy(allow), policy(deny)],
      policy({ ...allow, Principal: app }),
      "explicit-identity",
    ],
    [
      "is not closed by a deny for someone else",
      [],
      policy({ ...allow, Principal: app }, { ...deny, Principal: deploy }),
      "allowed",
    ],
    [
      "is not left to the account when the condition fails",
      [policy(allow)],
      policy({
        ...{ ...allow, Principal: root },
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
      }),
      "implicit-resource",
    ],
  ])("%s", (_, identity, resource, decision) => {
    checkPolicy(resource, "resource")
    for (const one of identity) checkPolicy(one, "identity")
    expect(decideForKey(identity, resource, access())).toBe(decision)
  })
})

describe("a key in another account", () => {
  test.each<Row>([
    [
      "needs both policies, and has both",
      [policy(allow)],
      policy({ ...allow, Principal: foreignRoot }),
      "allowed",
    ],
    [
      "is closed without the key policy",
      [policy(allow)],
      policy({ ...allow, Principal: root }),
      "implicit-resource",
    ],
    [
      "is closed without an identity policy",
      [],
      policy({ ...allow, Principal: foreignRoot }),
      "implicit-identity",
    ],
    [
      "is closed although its policy is for all",
      [],
      policy({ ...allow, Principal: "*" }),
      "implicit-identity",
    ],
  ])("%s", (_, identity, resource, decision) => {
    expect(decideForKey(identity, resource, access({}, "444455556666"))).toBe(decision)
  })
})

describe("another resource", () => {
  const own = access({ action: "secretsmanager:GetSecretValue" })
  const foreign = access({ action: "secretsmanager:GetSecretValue" }, "444455556666")
  const get = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" } as const

  test("in the account is open by an identity policy alone", () => {
    expect(decideForResource([policy(get)], undefined, own)).toBe("allowed")
  })

  test("in the account is open by its own policy alone", () => {
    expect(decideForResource([], policy({ ...get, Principal: app }), own)).toBe("allowed")
  })

  test("in the account is not open to a role when its policy only names the account", () => {
    expect(decideForResource([], policy({ ...get, Principal: root }), own)).toBe("implicit-identity")
  })

  test("in the account is closed by a deny of its own policy", () => {
    const resource = policy({ ...get, Effect: "Deny", Principal: "*" })
    expect(decideForResource([policy(get)], resource, own)).toBe("explicit-resource")
  })

  test("in another account needs both", () => {
    expect(decideForResource([policy(get)], undefined, foreign)).toBe("implicit-resource")
    const shared = policy({ ...get, Principal: foreignRoot })
    expect(decideForResource([], shared, foreign)).toBe("implicit-identity")
    expect(decideForResource([policy(get)], shared, foreign)).toBe("allowed")
  })
})

describe("a statement applies", () => {
  const other = "arn:aws:kms:eu-west-1:111122223333:key/ffffffff-12ab-34cd-56ef-1234567890ab"

  test.each<[title: string, statement: Statement, applies: boolean]>([
    ["by a star for the action", { ...allow, Action: "kms:*" }, true],
    ["by one of several actions", { ...allow, Action: ["kms:Encrypt", "kms:Decrypt"] }, true],
    ["by an action in other case", { ...allow, Action: "KMS:decrypt" }, true],
    ["not by another action", { ...allow, Action: "kms:Encrypt" }, false],
    ["by an action that is not excluded", { Effect: "Allow", NotAction: "kms:Encrypt", Resource: "*" }, true],
    ["not by an action that is excluded", { Effect: "Allow", NotAction: "kms:De*", Resource: "*" }, false],
    ["by the ARN", { ...allow, Resource: key }, true],
    ["by a pattern of the ARN", { ...allow, Resource: "arn:aws:kms:*:111122223333:key/*" }, true],
    ["not by another ARN", { ...allow, Resource: other }, false],
    ["by an ARN that is not excluded", { Effect: "Allow", Action: "*", NotResource: other }, true],
    ["not by an ARN that is excluded", { Effect: "Allow", Action: "*", NotResource: [other, key] }, false],
    ["with a condition that holds", { ...allow, Condition: { Null: { "kms:ViaService": "true" } } }, true],
    ["not with one that fails", { ...allow, Condition: { Null: { "kms:ViaService": "false" } } }, false],
  ])("%s", (_, statement, applies) => {
    const document = policy(statement)
    checkPolicy(document, "identity")
    const decision = decideForResource([document], undefined, access())
    expect(decision).toBe(applies ? "allowed" : "implicit-identity")
  })
})

test.each<[title: string, document: unknown, kind: "identity" | "resource"]>([
  ["another version", { Version: "2008-10-17", Statement: [allow] }, "identity"],
  ["no statement", { Version: "2012-10-17", Statement: [] }, "identity"],
  ["an unknown member", { ...policy(allow), Statements: [] }, "identity"],
  ["an unknown member of a statement", policy({ ...allow, NotPrincipal: root } as Statement), "resource"],
  ["an Effect in other case", policy({ ...allow, Effect: "allow" } as unknown as Statement), "identity"],
  ["no action", policy({ Effect: "Allow", Resource: "*" }), "identity"],
  ["Action and NotAction", policy({ ...allow, NotAction: "kms:Encrypt" }), "identity"],
  ["no resource", policy({ Effect: "Allow", Action: "*" }), "identity"],
  ["an action without a service", policy({ ...allow, Action: "Decrypt" }), "identity"],
  ["a resource that is no ARN", policy({ ...allow, Resource: "key/1234" }), "identity"],
  ["a policy variable", policy({ ...allow, Resource: "arn:aws:kms:::${aws:username}" }), "identity"],
  ["a principal in an identity policy", policy({ ...allow, Principal: root }), "identity"],
  ["no principal in a resource policy", policy(allow), "resource"],
  [
    "a service as principal",
    policy({ ...allow, Principal: { Service: "x" } } as unknown as Statement),
    "resource",
  ],
  ["a wildcard in a principal", policy({ ...allow, Principal: { AWS: "arn:aws:iam::1*:root" } }), "resource"],
  ["an unknown operator", policy({ ...allow, Condition: { IpAddress: {} } }), "identity"],
])("a policy with %s is refused", (_, document, kind) => {
  expect(() => checkPolicy(document as PolicyDocument, kind)).toThrow(
    expect.objectContaining({ code: "MalformedPolicyDocumentException" }),
  )
})

function session(): { AWS: string } {
  return { AWS: "arn:aws:sts::111122223333:assumed-role/app/pod" }
}

function number(): { AWS: string } {
  return { AWS: "111122223333" }
}
