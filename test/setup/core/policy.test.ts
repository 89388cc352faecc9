import { describe, expect, test } from "vitest"
import { makePolicy, type PolicyKind, type PolicyRequest } from "../../../src/setup/core/policy.ts"
import { failureOf } from "../../fake/failure.ts"
import { keyArn } from "../../fake/key-service.ts"

const role = (name: string, account = "111122223333") => `arn:aws:iam::${account}:role/${name}`
const secret = (region: string) =>
  `arn:aws:secretsmanager:${region}:111122223333:secret:shop/production-AbCdEf`
const key = keyArn("aaaaaaaa-0000-4000-8000-000000000001")

const secretKey = keyArn("bbbbbbbb-0000-4000-8000-000000000002")

const request: PolicyRequest = {
  context: { app: "shop", environment: "production" },
  kmsKeys: [key],
  secrets: [secret("eu-west-1")],
  secretKeys: [],
  project: "arn:aws:codebuild:eu-west-1:111122223333:project/shop",
  repository: null,
  cluster: null,
  buildRole: role("build"),
  podRole: role("teams/pod"),
}

function statement(kind: PolicyKind, sid: string, part: Partial<PolicyRequest> = {}) {
  return makePolicy(kind, { ...request, ...part }).Statement.find(({ Sid }) => Sid === sid)
}

describe("a policy is refused", () => {
  test.each<[string, PolicyKind, Partial<PolicyRequest>, string]>([
    ["a whole account as the pod's role", "key", { podRole: "arn:aws:iam::111122223333:root" }, "--pod-role"],
    ["every role as the build's", "key", { buildRole: role("*") }, "--build-role"],
    ["a user as the pod's role", "key", { podRole: "arn:aws:iam::111122223333:user/me" }, "--pod-role"],
    [
      "every secret",
      "build",
      { secrets: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:*"] },
      "--secret",
    ],
    [
      "every project",
      "deployer",
      { project: "arn:aws:codebuild:eu-west-1:111122223333:project/*" },
      "--project",
    ],
    [
      "every repository",
      "deployer",
      { repository: "arn:aws:ecr:eu-west-1:111122223333:repository/*" },
      "--repository",
    ],
    ["every cluster", "deployer", { cluster: "arn:aws:eks:eu-west-1:111122223333:cluster/*" }, "--cluster"],
    ["an alias as the key of a key's policy", "key", { kmsKeys: ["alias/envseal"] }, "--kms-key"],
    [
      "roles of two accounts for a key of nobody knows which",
      "key",
      { kmsKeys: [], podRole: role("pod", "444455556666") },
      "--kms-key",
    ],
    [
      "one policy for keys of two accounts",
      "key",
      { kmsKeys: [key, key.replace("111122223333", "444455556666")] },
      "--kms-key",
    ],
    ["one role for build and pods", "key", { podRole: role("build") }, role("build")],
    ["a secret that is kept under the envelopes' key", "build", { secretKeys: [key] }, key],
    [
      "an ARN of a secret that may lack its end",
      "build",
      { secrets: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-config"] },
      "--secret",
    ],
  ])("for %s", async (_, kind, part, flag) => {
    const { code, message } = await failureOf(async () => makePolicy(kind, { ...request, ...part }))
    expect(code).toBe("USAGE")
    expect(message).toContain(flag)
  })
})

test("the account of the key administers it, whosever the roles are", () => {
  const roles = { buildRole: role("build", "444455556666"), podRole: role("pod", "555566667777") }
  expect(statement("key", "Administer", roles)?.Principal).toEqual({ AWS: "arn:aws:iam::111122223333:root" })
})

test("without its ARN, the key is taken to be of the account of both roles", () => {
  const principal = statement("key", "Administer", { kmsKeys: [] })?.Principal
  expect(principal).toEqual({ AWS: "arn:aws:iam::111122223333:root" })
})

test("the key of secrets in two Regions can be used through Secrets Manager in both, and by nothing else", () => {
  const secrets = [secret("eu-west-1"), secret("us-east-1")]
  expect(statement("build", "ReadTheSecretsKey", { secrets, secretKeys: [secretKey] })?.Condition).toEqual({
    StringEquals: {
      "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com", "secretsmanager.us-east-1.amazonaws.com"],
    },
  })
})

test("a deployer looks at the project, starts, follows and stops its builds, and does nothing else in CodeBuild", () => {
  expect(statement("deployer", "Build")).toEqual({
    Sid: "Build",
    Effect: "Allow",
    Action: ["codebuild:BatchGetBuilds", "codebuild:BatchGetProjects", "codebuild:StopBuild"],
    Resource: request.project,
  })
  expect(statement("deployer", "Start")).toMatchObject({
    Action: "codebuild:StartBuild",
    Resource: request.project,
  })
})

test.each([
  ["buildspec", "DenyBuildspec", "codebuild:source.buildspec"],
  ["source", "DenySource", "codebuild:source.location"],
  ["image", "DenyImage", "codebuild:environment.image"],
  ["service role", "DenyServiceRole", "codebuild:serviceRole"],
])("a deployer who gives a build another %s is denied, whatever other policies allow", (_, sid, key) => {
  expect(statement("deployer", sid)).toEqual({
    Sid: sid,
    Effect: "Deny",
    Action: "codebuild:StartBuild",
    Resource: request.project,
    Condition: { Null: { [key]: "false" } },
  })
  expect(statement("deployer", "Start")?.Condition?.["Null"]).toMatchObject({ [key]: "true" })
})

test("a deployer gets no right to read a value, and of KMS none but to look at a key", () => {
  const { Statement } = makePolicy("deployer", {
    ...request,
    repository: "arn:aws:ecr:eu-west-1:111122223333:repository/shop",
    cluster: "arn:aws:eks:eu-west-1:111122223333:cluster/main",
  })
  const actions = Statement.flatMap(({ Action }) => Action)
  expect([...new Set(actions)].filter((action) => /^(?:kms|secretsmanager|\*)/.test(action)).sort()).toEqual([
    "kms:DescribeKey",
    "secretsmanager:DescribeSecret",
  ])
})
