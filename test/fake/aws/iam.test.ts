import { DescribeKeyCommand } from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import type { PolicyDocument } from "./policy.ts"
import { kmsAs, sdkFailure } from "./sdk.ts"
import { sendSigned } from "./signed.ts"
import { appKey, defaultWorld, roleArn, type World } from "./world.ts"

const describeKeys: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "kms:DescribeKey", Resource: appKey },
}
const world: World = {
  ...defaultWorld,
  roles: [
    ...defaultWorld.roles,
    {
      name: "admin",
      policies: [
        { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "iam:*", Resource: roleArn("*") } },
      ],
      mechanisms: ["static"],
    },
    { name: "theirs", account: "444455556666", policies: [], mechanisms: [] },
  ],
}

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterEach(async () => {
  await aws.setWorld(world)
  await aws.clearRequests()
})
afterAll(() => aws.stop())

async function iam(Action: string, part: Readonly<Record<string, string>>, role = "admin") {
  const body = new URLSearchParams({ Action, Version: "2010-05-08", RoleName: "nobody", ...part }).toString()
  const contentType = "application/x-www-form-urlencoded; charset=utf-8"
  const answer = await sendSigned(aws, role, { service: "iam", contentType, region: "us-east-1", body })
  return { status: answer.status, body: answer.body, code: /<Code>(.*)<\/Code>/.exec(answer.body)?.[1] }
}

function put(PolicyName: string, document: unknown) {
  const PolicyDocument = typeof document === "string" ? document : JSON.stringify(document)
  return iam("PutRolePolicy", { PolicyName, PolicyDocument })
}

function look() {
  return kmsAs(aws, "nobody").send(new DescribeKeyCommand({ KeyId: appKey }))
}

describe("an inline policy", () => {
  test("decides at once when it is put, and no more when it is deleted", async () => {
    expect(await sdkFailure(look())).toMatchObject({ name: "AccessDeniedException" })
    expect(await put("look", describeKeys)).toMatchObject({ status: 200 })
    expect((await look()).KeyMetadata?.Arn).toBe(appKey)
    expect(await iam("DeleteRolePolicy", { PolicyName: "look" })).toMatchObject({ status: 200 })
    expect(await sdkFailure(look())).toMatchObject({ name: "AccessDeniedException" })
    expect((await aws.requests()).map(({ service, operation }) => `${service} ${operation}`)).toContain(
      "iam PutRolePolicy",
    )
  })

  test("is read back, encoded as in a URL, and listed by its name", async () => {
    await put("look", describeKeys)
    await put("again", describeKeys)
    const { body } = await iam("GetRolePolicy", { PolicyName: "look" })
    const text = /<PolicyDocument>(.*)<\/PolicyDocument>/.exec(body)?.[1] ?? ""
    expect(JSON.parse(decodeURIComponent(text))).toEqual(describeKeys)
    const list = (await iam("ListRolePolicies", {})).body
    expect([...list.matchAll(/<member>(.*)<\/member>/g)].map(([, name]) => name)).toEqual(["again", "look"])
    expect(list).toContain("<IsTruncated>false</IsTruncated>")
  })

  test("is replaced by another of the same name", async () => {
    await put("look", describeKeys)
    await put("look", { ...describeKeys, Statement: { ...describeKeys.Statement, Action: "kms:Decrypt" } })
    expect(await sdkFailure(look())).toMatchObject({ name: "AccessDeniedException" })
  })

  test("is refused when it is no JSON, no identity policy, or too long", async () => {
    const withPrincipal = { ...describeKeys, Statement: { ...describeKeys.Statement, Principal: "*" } }
    for (const document of ["{", withPrincipal, { Version: "2012-10-17" }]) {
      expect(await put("look", document)).toMatchObject({ status: 400, code: "MalformedPolicyDocument" })
    }
    const statement = { Effect: "Allow", Action: "kms:Decrypt", Resource: appKey }
    const long = { Version: "2012-10-17", Statement: Array.from({ length: 200 }, () => statement) }
    expect(await put("look", long)).toMatchObject({ status: 409, code: "LimitExceeded" })
    expect((await iam("ListRolePolicies", {})).body).not.toContain("<member>")
  })

  test("that is not there is neither read nor deleted", async () => {
    for (const action of ["GetRolePolicy", "DeleteRolePolicy"]) {
      expect(await iam(action, { PolicyName: "look" })).toMatchObject({ status: 404, code: "NoSuchEntity" })
    }
  })
})

describe("IAM", () => {
  test("has no roles of another account", async () => {
    expect(await iam("ListRolePolicies", { RoleName: "theirs" })).toMatchObject({
      status: 404,
      code: "NoSuchEntity",
    })
  })

  test("refuses who has no permission, in its own words", async () => {
    const { status, code, body } = await iam("ListRolePolicies", { RoleName: "app" }, "nobody")
    expect({ status, code }).toEqual({ status: 403, code: "AccessDenied" })
    expect(body).toContain(
      "User: arn:aws:sts::111122223333:assumed-role/nobody/static is not authorized to perform: " +
        "iam:ListRolePolicies on resource: role app because no identity-based policy allows the " +
        "iam:ListRolePolicies action",
    )
  })

  test("refuses what it does not know, and a parameter that is missing", async () => {
    expect(await iam("DeleteRole", {})).toMatchObject({ code: "InvalidAction" })
    expect(await iam("ListRolePolicies", { Marker: "x" })).toMatchObject({ code: "ValidationError" })
    expect(await iam("GetRolePolicy", {})).toMatchObject({ code: "ValidationError" })
  })
})
