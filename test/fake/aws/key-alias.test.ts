import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import type { PolicyDocument } from "./policy.ts"
import { kmsAs, sdkFailure } from "./sdk.ts"
import { appKey, defaultKeyPolicy, defaultWorld, keyArn, type World } from "./world.ts"

const other = "9999abcd-12ab-34cd-56ef-1234567890ab"
const signing = "5555abcd-12ab-34cd-56ef-1234567890ab"
const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "kms:*", Resource: "*" },
}
const world: World = {
  ...defaultWorld,
  roles: [...defaultWorld.roles, { name: "admin", policies: [everything], mechanisms: ["static"] }],
  keys: [
    { arn: appKey, aliases: ["alias/envseal"], policy: defaultKeyPolicy },
    { arn: keyArn(other), policy: defaultKeyPolicy },
    { arn: keyArn(signing), usage: "SIGN_VERIFY", policy: defaultKeyPolicy },
  ],
}

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterEach(() => aws.setWorld(world))
afterAll(() => aws.stop())

async function keyBehind(alias: string): Promise<string | undefined> {
  const { KeyMetadata } = await kmsAs(aws, "admin").send(new DescribeKeyCommand({ KeyId: alias }))
  return KeyMetadata?.Arn
}

const move = (target: string, role = "admin") =>
  kmsAs(aws, role).send(new UpdateAliasCommand({ AliasName: "alias/envseal", TargetKeyId: target }))

test("an alias is moved to another key of its kind, and to no key that signs", async () => {
  await move(other)
  expect(await keyBehind("alias/envseal")).toBe(keyArn(other))
  expect((await sdkFailure(move(signing))).name).toBe("ValidationException")
  expect(await keyBehind("alias/envseal")).toBe(keyArn(other))
})

test("an alias is deleted, and created for another key", async () => {
  await kmsAs(aws, "admin").send(new DeleteAliasCommand({ AliasName: "alias/envseal" }))
  expect((await sdkFailure(keyBehind("alias/envseal"))).name).toBe("NotFoundException")
  await kmsAs(aws, "admin").send(new CreateAliasCommand({ AliasName: "alias/envseal", TargetKeyId: signing }))
  expect(await keyBehind("alias/envseal")).toBe(keyArn(signing))
})

test("an alias that is there is not created again, and is no target", async () => {
  const create = (AliasName: string, TargetKeyId: string) =>
    sdkFailure(kmsAs(aws, "admin").send(new CreateAliasCommand({ AliasName, TargetKeyId })))
  expect((await create("alias/envseal", other)).name).toBe("AlreadyExistsException")
  expect((await create("alias/new", "alias/envseal")).name).toBe("InvalidArnException")
  expect((await create("alias/aws/mine", other)).name).toBe("InvalidAliasNameException")
})

test("an alias is moved by nobody who may not", async () => {
  expect((await sdkFailure(move(other, "builder"))).name).toBe("AccessDeniedException")
  expect(await keyBehind("alias/envseal")).toBe(appKey)
})
