import {
  DescribeSecretCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
  type UpdateSecretVersionStageCommandInput,
} from "@aws-sdk/client-secrets-manager"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { sdkFailure, secretsManagerAs } from "./sdk.ts"
import { defaultWorld, type SecretVersion, withSecret } from "./world.ts"

const SecretId = "shop/production"
const current = "00000000-0000-4000-8000-000000000002"
const previous = "00000000-0000-4000-8000-000000000001"
const absent = "00000000-0000-4000-8000-00000000000f"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(defaultWorld)
})
afterEach(() => aws.setWorld(defaultWorld))
afterAll(() => aws.stop())

const client = (role = "builder") => secretsManagerAs(aws, role)
const move = (input: Omit<UpdateSecretVersionStageCommandInput, "SecretId">, role = "builder") =>
  client(role).send(new UpdateSecretVersionStageCommand({ SecretId, ...input }))

async function stages(): Promise<Record<string, string[]>> {
  const { VersionIdsToStages } = await client().send(new DescribeSecretCommand({ SecretId }))
  return VersionIdsToStages ?? {}
}

function withVersions(versions: readonly SecretVersion[]) {
  return aws.setWorld(withSecret(defaultWorld, SecretId, { versions }))
}

describe("a staging label", () => {
  test("AWSCURRENT that is moved leaves AWSPREVIOUS behind", async () => {
    await move({ VersionStage: "AWSCURRENT", RemoveFromVersionId: current, MoveToVersionId: previous })
    expect(await stages()).toEqual({ [current]: ["AWSPREVIOUS"], [previous]: ["AWSCURRENT"] })
  })

  test("is attached to a version, and taken away", async () => {
    await move({ VersionStage: "mine", MoveToVersionId: previous })
    expect(await stages()).toEqual({ [current]: ["AWSCURRENT"], [previous]: ["AWSPREVIOUS", "mine"] })
    await move({ VersionStage: "mine", RemoveFromVersionId: previous })
    expect((await stages())[previous]).toEqual(["AWSPREVIOUS"])
  })

  test.each([
    [
      "from a version without it",
      "InvalidParameterException",
      { RemoveFromVersionId: previous, MoveToVersionId: previous },
    ],
    ["without the version that has it", "InvalidParameterException", { MoveToVersionId: previous }],
    ["to nowhere", "InvalidParameterException", { RemoveFromVersionId: current }],
    ["from nothing to nothing", "InvalidParameterException", {}],
    [
      "to a version that is not there",
      "ResourceNotFoundException",
      { RemoveFromVersionId: current, MoveToVersionId: absent },
    ],
    [
      "from a version that is not there",
      "ResourceNotFoundException",
      { RemoveFromVersionId: absent, MoveToVersionId: previous },
    ],
  ])("AWSCURRENT is not moved %s, and nothing changes", async (_, name, input) => {
    expect(await sdkFailure(move({ VersionStage: "AWSCURRENT", ...input }))).toMatchObject({
      name,
      status: 400,
    })
    expect(await stages()).toEqual({ [current]: ["AWSCURRENT"], [previous]: ["AWSPREVIOUS"] })
  })

  test("is moved only by who may", async () => {
    const failure = await sdkFailure(move({ VersionStage: "mine", MoveToVersionId: previous }, "nobody"))
    expect(failure.name).toBe("AccessDeniedException")
  })

  test("is refused when the secret has 20 already", async () => {
    for (let n = 0; n < 18; n++) await move({ VersionStage: `label-${n}`, MoveToVersionId: previous })
    const failure = await sdkFailure(move({ VersionStage: "one-more", MoveToVersionId: previous }))
    expect(failure.name).toBe("LimitExceededException")
    const put = new PutSecretValueCommand({ SecretId, SecretString: "x", VersionStages: ["one-more"] })
    expect((await sdkFailure(client().send(put))).name).toBe("LimitExceededException")
  })
})

test("versions are listed newest first, and those without a label when they are asked for", async () => {
  const bare = { id: absent, stages: [], string: "x", createdAt: "2025-12-31T00:00:00Z" }
  const [secret] = defaultWorld.secrets
  await withVersions([bare, ...(secret?.versions ?? [])])
  const list = async (IncludeDeprecated: boolean) => {
    const { Versions = [] } = await client().send(
      new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated }),
    )
    return Versions.map(({ VersionId }) => VersionId)
  }
  expect(await list(false)).toEqual([current, previous])
  expect(await list(true)).toEqual([current, previous, absent])
})

test("versions without a label go once there are more than 100, and not before they are a day old", async () => {
  const now = new Date().toISOString()
  const version = (n: number, createdAt: string): SecretVersion => ({
    id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    ...{ stages: n === 0 ? ["AWSCURRENT"] : [], string: String(n), createdAt },
  })
  const put = () => client().send(new PutSecretValueCommand({ SecretId, SecretString: "new" }))
  const count = async () => {
    const { secrets } = await aws.world()
    return secrets.find(({ name }) => name === SecretId)?.versions.length
  }
  await withVersions(Array.from({ length: 105 }, (_, n) => version(n, now)))
  await put()
  expect(await count()).toBe(106)
  await withVersions(Array.from({ length: 105 }, (_, n) => version(n, "2026-01-01T00:00:00Z")))
  await put()
  expect(await count()).toBe(100)
})
