import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
} from "@aws-sdk/client-secrets-manager"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import type { PolicyDocument, Statement } from "./policy.ts"
import { sdkFailure, secretsManagerAs } from "./sdk.ts"
import {
  appKey,
  defaultKeyPolicy,
  defaultWorld,
  type Secret,
  withKey,
  withRole,
  withSecret,
} from "./world.ts"

const name = "shop/production"
const arn = `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-AbCdEf`
const current = "00000000-0000-4000-8000-000000000002"
const previous = "00000000-0000-4000-8000-000000000001"
const foreignArn = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:theirs-AbCdEf"
const builder = "arn:aws:sts::111122223333:assumed-role/builder/static"

const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
}

function secret(name: string, part: Partial<Secret> = {}): Secret {
  return {
    name,
    arn: `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}-GhIjKl`,
    versions: [{ id: current, stages: ["AWSCURRENT"], string: "value" }],
    ...part,
  }
}

const world = {
  ...defaultWorld,
  roles: [...defaultWorld.roles, { name: "admin", policies: [everything], mechanisms: ["static"] as const }],
  secrets: [
    ...defaultWorld.secrets,
    secret("own-key", { kmsKeyId: appKey }),
    secret("binary", { versions: [{ id: current, stages: ["AWSCURRENT"], binary: "AP8=" }] }),
    secret("deleted", { deletedAt: "2026-03-01T00:00:00Z" }),
    secret("replicated", { replicas: [{ region: "eu-central-1" }] }),
    secret("like-arn-a1b2c3"),
    secret("theirs", { arn: foreignArn }),
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

function get(input: GetSecretValueCommandInput, role = "builder", region = "eu-west-1") {
  return secretsManagerAs(aws, role, { region }).send(new GetSecretValueCommand(input))
}

function put(input: PutSecretValueCommandInput, role = "builder") {
  return secretsManagerAs(aws, role).send(new PutSecretValueCommand(input))
}

const notFound = {
  name: "ResourceNotFoundException",
  message: "Secrets Manager can't find the specified secret.",
  status: 400,
}

describe("a secret", () => {
  test.each([
    ["name", name],
    ["ARN", arn],
    ["ARN without its suffix", arn.slice(0, -7)],
  ])("is found by its %s", async (_, SecretId) => {
    expect(await get({ SecretId })).toMatchObject({
      ...{ ARN: arn, Name: name, VersionId: current, VersionStages: ["AWSCURRENT"] },
      CreatedDate: new Date("2026-01-02T03:04:05.678Z"),
      SecretString: expect.stringContaining("it's $5"),
    })
  })

  test.each([
    ["another name", "shop/staging"],
    ["a name that is its ARN's end", `${name}-AbCdEf`],
    ["an ARN with another suffix", arn.replace("AbCdEf", "AbCdEg")],
    ["an ARN of another Region", arn.replace("eu-west-1", "eu-central-1")],
  ])("is not found by %s", async (_, SecretId) => {
    expect(await sdkFailure(get({ SecretId }))).toEqual(notFound)
  })

  test("whose name ends like a suffix is found by its name, and not by an ARN without suffix", async () => {
    const own = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:like-arn-a1b2c3"
    expect(await get({ SecretId: "like-arn-a1b2c3" })).toMatchObject({ ARN: `${own}-GhIjKl` })
    expect(await sdkFailure(get({ SecretId: own }))).toEqual(notFound)
  })

  test("is not found in another Region, unless it is replicated there", async () => {
    expect(await sdkFailure(get({ SecretId: name }, "builder", "eu-central-1"))).toEqual(notFound)
    const there = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:replicated-GhIjKl"
    expect(await get({ SecretId: "replicated" }, "builder", "eu-central-1")).toMatchObject({ ARN: there })
    expect(await get({ SecretId: there }, "builder", "eu-central-1")).toMatchObject({ SecretString: "value" })
  })

  test("cannot be written where it is a replica", async () => {
    const command = new PutSecretValueCommand({ SecretId: "replicated", SecretString: "x" })
    const work = secretsManagerAs(aws, "builder", { region: "eu-central-1" }).send(command)
    expect(await sdkFailure(work)).toMatchObject({
      name: "InvalidRequestException",
      message: expect.stringContaining("Operation not permitted on a replica secret."),
    })
  })

  test("may be bytes", async () => {
    const value = await get({ SecretId: "binary" })
    expect(value.SecretBinary).toEqual(new Uint8Array([0, 255]))
    expect(value.SecretString).toBeUndefined()
  })

  test("marked for deletion can be described, and not be read or written", async () => {
    const expected = {
      name: "InvalidRequestException",
      message: "You can't perform this operation on the secret because it was marked for deletion.",
      status: 400,
    }
    expect(await sdkFailure(get({ SecretId: "deleted" }))).toEqual(expected)
    expect(await sdkFailure(put({ SecretId: "deleted", SecretString: "x" }))).toEqual(expected)
    const described = await secretsManagerAs(aws, "builder").send(
      new DescribeSecretCommand({ SecretId: "deleted" }),
    )
    expect(described.DeletedDate).toEqual(new Date("2026-03-01T00:00:00Z"))
  })
})

describe("a version", () => {
  test("is found by its id, its stage, or both", async () => {
    for (const part of [
      { VersionId: previous },
      { VersionStage: "AWSPREVIOUS" },
      { VersionId: previous, VersionStage: "AWSPREVIOUS" },
    ]) {
      const expected = { VersionId: previous, VersionStages: ["AWSPREVIOUS"] }
      expect(await get({ SecretId: name, ...part })).toMatchObject(expected)
    }
  })

  test.each([
    ["id", { VersionId: "0".repeat(36) }, `VersionId: ${"0".repeat(36)}`],
    ["stage", { VersionStage: "AWSPENDING" }, "staging label: AWSPENDING"],
  ])("is not found by another %s, and the message names it", async (_, part, words) => {
    expect(await sdkFailure(get({ SecretId: name, ...part }))).toEqual({
      name: "ResourceNotFoundException",
      message: `Secrets Manager can't find the specified secret value for ${words}`,
      status: 400,
    })
  })

  test("is not found by a stage of another", async () => {
    const work = get({ SecretId: name, VersionId: previous, VersionStage: "AWSCURRENT" })
    expect(await sdkFailure(work)).toMatchObject({
      name: "InvalidRequestException",
      message: "You provided a VersionStage that is not associated to the provided VersionId.",
    })
  })

  test("has an id of 32 characters at least", async () => {
    expect(await sdkFailure(get({ SecretId: name, VersionId: "1" }))).toMatchObject({
      name: "ValidationException",
    })
  })
})

describe("a description", () => {
  const describeSecret = (SecretId: string) =>
    secretsManagerAs(aws, "builder").send(new DescribeSecretCommand({ SecretId }))

  test("has the stages of all versions, and no value", async () => {
    const described = await describeSecret(name)
    expect(described).toMatchObject({
      ...{
        ARN: arn,
        Name: name,
        VersionIdsToStages: { [current]: ["AWSCURRENT"], [previous]: ["AWSPREVIOUS"] },
      },
      CreatedDate: new Date("2026-01-01T03:04:05.678Z"),
      LastChangedDate: new Date("2026-01-02T03:04:05.678Z"),
    })
    expect(JSON.stringify(described)).not.toContain("APP_KEY")
  })

  test("tells the secret's own key, its replicas, and whether it is rotated", async () => {
    expect(await describeSecret("own-key")).toMatchObject({ KmsKeyId: appKey })
    expect(await describeSecret("replicated")).toMatchObject({
      PrimaryRegion: "eu-west-1",
      ReplicationStatus: [{ Region: "eu-central-1", Status: "InSync" }],
    })
    await aws.setWorld(withSecret(world, name, { rotationEnabled: true }))
    expect(await describeSecret(name)).toMatchObject({ RotationEnabled: true })
  })
})

describe("who may read a secret", () => {
  const denied = (secretId: string, reason: string) => ({
    name: "AccessDeniedException",
    message: `User: ${builder} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secretId} ${reason}`,
    status: 400,
  })
  const identity = "because no identity-based policy allows the secretsmanager:GetSecretValue action"

  function withPolicies(...statements: Statement[]) {
    const policies = statements.map((one) => ({ Version: "2012-10-17", Statement: one }) as const)
    return aws.setWorld(withRole(world, "builder", { policies }))
  }

  const allowed = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "*" } as const

  test("is told before whether there is one, and the message has the SecretId as it was given", async () => {
    await withPolicies()
    expect(await sdkFailure(get({ SecretId: name }))).toEqual(denied(name, identity))
    expect(await sdkFailure(get({ SecretId: "missing" }))).toEqual(denied("missing", identity))
    expect(await sdkFailure(get({ SecretId: arn }))).toEqual(denied(arn, identity))
  })

  test("is told by the ARN with its suffix, also for a name", async () => {
    await withPolicies({ ...allowed, Resource: `${arn.slice(0, -6)}??????` })
    expect(await get({ SecretId: name })).toMatchObject({ ARN: arn })
    expect(await sdkFailure(get({ SecretId: "binary" }))).toEqual(denied("binary", identity))
  })

  test("can be narrowed to a stage, which counts only when the request names it", async () => {
    const Condition = { StringEquals: { "secretsmanager:VersionStage": "AWSCURRENT" } }
    await withPolicies({ ...allowed, Condition })
    expect(await get({ SecretId: name, VersionStage: "AWSCURRENT" })).toMatchObject({ ARN: arn })
    expect(await sdkFailure(get({ SecretId: name }))).toEqual(denied(name, identity))
  })

  test("can be allowed or denied by the secret's own policy", async () => {
    const own = (Effect: "Allow" | "Deny") =>
      withSecret(world, name, {
        policy: {
          Version: "2012-10-17",
          Statement: { ...allowed, Effect, Principal: { AWS: "arn:aws:iam::111122223333:role/builder" } },
        },
      })
    await aws.setWorld({ ...withRole(world, "builder", { policies: [] }), ...own("Allow") })
    expect(await get({ SecretId: name })).toMatchObject({ ARN: arn })
    await aws.setWorld({ roles: world.roles, ...own("Deny") })
    const reason = "with an explicit deny in a resource-based policy"
    expect(await sdkFailure(get({ SecretId: name }))).toEqual(denied(name, reason))
  })

  test("of another account needs its policy, and a key that is not the account's", async () => {
    expect(await sdkFailure(get({ SecretId: foreignArn }, "admin"))).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("because no resource-based policy allows"),
    })
    const policy: PolicyDocument = {
      Version: "2012-10-17",
      Statement: { ...allowed, Principal: { AWS: "arn:aws:iam::111122223333:root" } },
    }
    await aws.setWorld(withSecret(world, "theirs", { policy }))
    expect(await sdkFailure(get({ SecretId: foreignArn }, "admin"))).toMatchObject({
      name: "InvalidRequestException",
      message: expect.stringContaining("default KMS service key"),
    })
    await aws.setWorld(withSecret(world, "theirs", { policy, kmsKeyId: appKey }))
    expect(await get({ SecretId: foreignArn }, "admin")).toMatchObject({ ARN: foreignArn })
    expect(await sdkFailure(get({ SecretId: "theirs" }, "admin"))).toEqual(notFound)
  })
})

describe("a secret under its own key", () => {
  const SecretId = "own-key"
  const denied = { name: "AccessDeniedException", message: "Access to KMS is not allowed", status: 400 }

  function keyPolicy(Condition: Statement["Condition"]): PolicyDocument {
    const Principal = { AWS: "arn:aws:iam::111122223333:role/builder" }
    const Statement = { Effect: "Allow", Principal, Action: "kms:Decrypt", Resource: "*" } as const
    return { Version: "2012-10-17", Statement: { ...Statement, ...(Condition && { Condition }) } }
  }

  test("is closed to a role that may not decrypt under it", async () => {
    expect(await sdkFailure(get({ SecretId }))).toEqual(denied)
    expect(await get({ SecretId }, "admin")).toMatchObject({ SecretString: "value" })
  })

  test("is open to a role that may do so through Secrets Manager, with the secret's context", async () => {
    const policy = keyPolicy({
      StringEquals: {
        "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
        "kms:EncryptionContext:SecretARN":
          "arn:aws:secretsmanager:eu-west-1:111122223333:secret:own-key-GhIjKl",
        "kms:EncryptionContext:SecretVersionId": current,
      },
    })
    await aws.setWorld(withKey(world, appKey, { policy }))
    expect(await get({ SecretId })).toMatchObject({ SecretString: "value" })
  })

  test("is closed to a role that may do so for another secret only", async () => {
    const policy = keyPolicy({ StringLike: { "kms:EncryptionContext:SecretARN": "*:secret:other-*" } })
    await aws.setWorld(withKey(world, appKey, { policy }))
    expect(await sdkFailure(get({ SecretId }))).toEqual(denied)
  })

  test("cannot be read while the key is disabled", async () => {
    await aws.setWorld(withKey(world, appKey, { state: "Disabled" }))
    expect(await sdkFailure(get({ SecretId }, "admin"))).toMatchObject({
      name: "DecryptionFailure",
      status: 400,
    })
    const work = put({ SecretId, SecretString: "x" }, "admin")
    expect(await sdkFailure(work)).toMatchObject({ name: "EncryptionFailure" })
  })

  test("can be described all the same", async () => {
    await aws.setWorld(withKey(world, appKey, { state: "Disabled", policy: defaultKeyPolicy }))
    const described = secretsManagerAs(aws, "builder").send(new DescribeSecretCommand({ SecretId }))
    expect(await described).toMatchObject({ KmsKeyId: appKey })
  })
})

describe("a new value", () => {
  test("is current, and what was current is previous", async () => {
    const { VersionId, VersionStages } = await put({ SecretId: name, SecretString: "new" })
    expect(VersionStages).toEqual(["AWSCURRENT"])
    expect(await get({ SecretId: name })).toMatchObject({ SecretString: "new", VersionId })
    expect(await get({ SecretId: name, VersionStage: "AWSPREVIOUS" })).toMatchObject({ VersionId: current })
    const { secrets } = await aws.world()
    expect(secrets[0]?.versions.map(({ stages }) => stages)).toEqual([["AWSCURRENT"], ["AWSPREVIOUS"], []])
  })

  test("of bytes comes back as bytes", async () => {
    await put({ SecretId: name, SecretBinary: new Uint8Array([1, 2]) })
    expect((await get({ SecretId: name })).SecretBinary).toEqual(new Uint8Array([1, 2]))
  })

  test("with stages of its own leaves the current one", async () => {
    await put({ SecretId: name, SecretString: "new", VersionStages: ["AWSPENDING"] })
    expect(await get({ SecretId: name })).toMatchObject({ VersionId: current })
    expect(await get({ SecretId: name, VersionStage: "AWSPENDING" })).toMatchObject({ SecretString: "new" })
  })

  test("under a token that was used must be the same", async () => {
    const ClientRequestToken = "00000000-0000-4000-8000-00000000000f"
    await put({ SecretId: name, SecretString: "new", ClientRequestToken })
    expect(await put({ SecretId: name, SecretString: "new", ClientRequestToken })).toMatchObject({
      VersionId: ClientRequestToken,
    })
    const work = put({ SecretId: name, SecretString: "other", ClientRequestToken })
    expect(await sdkFailure(work)).toMatchObject({ name: "ResourceExistsException" })
  })

  test("may have 65,536 bytes and no more", async () => {
    await put({ SecretId: name, SecretString: "x".repeat(65_536) })
    expect((await get({ SecretId: name })).SecretString?.length).toBe(65_536)
    for (const part of [{ SecretString: "é".repeat(32_769) }, { SecretBinary: new Uint8Array(65_537) }]) {
      expect(await sdkFailure(put({ SecretId: name, ...part }))).toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("Member must have length less than or equal to 65536"),
      })
    }
  })

  test.each([
    ["text and bytes", { SecretString: "x", SecretBinary: new Uint8Array(1) }, "InvalidParameterException"],
    ["nothing", {}, "InvalidRequestException"],
    ["an empty text", { SecretString: "" }, "ValidationException"],
  ])("of %s is refused", async (_, part, name) => {
    expect(await sdkFailure(put({ SecretId: "shop/production", ...part }))).toMatchObject({ name })
  })
})

describe("a new secret", () => {
  const create = (Name: string, part = {}, role = "builder") =>
    secretsManagerAs(aws, role).send(new CreateSecretCommand({ Name, SecretString: "value", ...part }))

  test("can be read at once, by an ARN that ends with six characters", async () => {
    const { ARN = "", VersionId } = await create("shop/new")
    expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop\/new-[A-Za-z0-9]{6}$/)
    expect(await get({ SecretId: ARN })).toMatchObject({ Name: "shop/new", SecretString: "value", VersionId })
  })

  test("has the description that it was given", async () => {
    await create("shop/described", { Description: "of the shop" })
    const command = new DescribeSecretCommand({ SecretId: "shop/described" })
    expect(await secretsManagerAs(aws, "builder").send(command)).toMatchObject({ Description: "of the shop" })
  })

  test("without a value has no version, and gets its first by PutSecretValue", async () => {
    const { VersionId } = await create("shop/empty", { SecretString: undefined })
    const describeIt = () =>
      secretsManagerAs(aws, "builder").send(new DescribeSecretCommand({ SecretId: "shop/empty" }))
    expect(VersionId).toBeUndefined()
    expect(await describeIt()).toMatchObject({ Name: "shop/empty" })
    expect(await describeIt()).not.toHaveProperty("VersionIdsToStages")
    expect(await sdkFailure(get({ SecretId: "shop/empty" }))).toMatchObject({
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    })
    const command = new PutSecretValueCommand({ SecretId: "shop/empty", SecretString: "first" })
    const put = await secretsManagerAs(aws, "builder").send(command)
    expect((await describeIt()).VersionIdsToStages).toEqual({ [put.VersionId ?? ""]: ["AWSCURRENT"] })
    expect(await get({ SecretId: "shop/empty" })).toMatchObject({ SecretString: "first" })
  })

  test("under a key of its own needs leave to encrypt there", async () => {
    const failure = await sdkFailure(create("shop/own", { KmsKeyId: appKey }))
    expect(failure).toMatchObject({ name: "AccessDeniedException", message: "Access to KMS is not allowed" })
    await create("shop/own", { KmsKeyId: appKey }, "admin")
    expect(await get({ SecretId: "shop/own" }, "admin")).toMatchObject({ SecretString: "value" })
  })

  test.each([
    [name, "ResourceExistsException", `The operation failed because the secret ${name} already exists.`],
    ["deleted", "InvalidRequestException", "already scheduled for deletion"],
    ["with space", "ValidationException", "Invalid name."],
  ])("cannot have the name %j", async (taken, name, message) => {
    expect(await sdkFailure(create(taken))).toEqual({
      ...{ name, status: 400 },
      message: expect.stringContaining(message),
    })
  })

  test("cannot have tags, which the fake does not know", async () => {
    const failure = await sdkFailure(create("shop/tagged", { Tags: [{ Key: "a", Value: "b" }] }))
    expect(failure).toMatchObject({ name: "ValidationException", message: "this fake does not know Tags" })
  })
})

test("the log has the SecretId as it was sent, and the outcome", async () => {
  await sdkFailure(get({ SecretId: "missing" }))
  expect(await aws.requests()).toEqual([
    {
      ...{ service: "secretsmanager", operation: "GetSecretValue", region: "eu-west-1", secretId: "missing" },
      principal: "arn:aws:iam::111122223333:role/builder",
      ...{ outcome: "ResourceNotFoundException", status: 400 },
    },
  ])
})
