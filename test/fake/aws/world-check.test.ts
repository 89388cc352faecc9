import { describe, expect, test } from "vitest"
import type { PolicyDocument } from "./policy.ts"
import {
  appKey,
  defaultKeyPolicy,
  defaultWorld,
  keyArn,
  multiRegionKey,
  roleArn,
  type World,
  withKey,
  withRole,
  withSecret,
} from "./world.ts"
import { checkWorld } from "./world-check.ts"

const secret = defaultWorld.secrets[0]
const versions = secret?.versions ?? []
const unknownOperator: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*", Condition: { NumericEquals: { "kms:x": "1" } } },
}

test("the default world can be", () => {
  expect(() => checkWorld(defaultWorld)).not.toThrow()
})

test("the default world is plain JSON", () => {
  expect(JSON.parse(JSON.stringify(defaultWorld))).toEqual(defaultWorld)
})

describe("a world cannot be", () => {
  test.each<[title: string, part: object, message: string]>([
    ["with an unknown member", { buckets: [] }, "unknown member buckets"],
    [
      "with a role whose name is none",
      withRole(defaultWorld, "app", { name: "a/b" }),
      "a/b is no name of a role",
    ],
    [
      "with an unknown member of a role",
      withRole(defaultWorld, "app", { x: 1 } as object),
      "unknown member x",
    ],
    [
      "with an inline policy that is not understood",
      withRole(defaultWorld, "app", { inlinePolicies: { own: unknownOperator } }),
      "unknown operator NumericEquals",
    ],
    [
      "with two roles of one name",
      withRole(defaultWorld, "app", { name: "builder" }),
      "builder is there twice",
    ],
    [
      "with two roles on one instance",
      withRole(defaultWorld, "builder", { mechanisms: ["instance"] }),
      "an instance has one role",
    ],
    [
      "with an identity policy that is not understood",
      withRole(defaultWorld, "app", { policies: [unknownOperator] }),
      "unknown operator NumericEquals",
    ],
    [
      "with a key whose ARN is none",
      withKey(defaultWorld, appKey, { arn: "key/1" }),
      "key/1 is no ARN of a key",
    ],
    [
      "with an alias that is none",
      withKey(defaultWorld, appKey, { aliases: ["envseal"] }),
      "envseal is no alias",
    ],
    [
      "with one alias of two keys",
      withKey(defaultWorld, appKey, { aliases: ["alias/envseal-mrk"] }),
      "alias/envseal-mrk is there twice",
    ],
    [
      "with one key in two Regions",
      {
        keys: [...defaultWorld.keys, { arn: keyArn(idOf(appKey), "eu-central-1"), policy: defaultKeyPolicy }],
      },
      "is there twice",
    ],
    [
      "with one multi-Region key in two accounts",
      {
        keys: [
          ...defaultWorld.keys,
          { arn: keyArn(idOf(multiRegionKey), "eu-west-1", "444455556666"), policy: defaultKeyPolicy },
        ],
      },
      "is there twice",
    ],
    [
      "with a key policy that has no principal",
      withKey(defaultWorld, appKey, { policy: unknownOperator }),
      "Principal",
    ],
    [
      "with a secret whose ARN is another's",
      withSecret(defaultWorld, "shop/production", { name: "shop" }),
      "is no ARN of shop",
    ],
    [
      "with a version without a value",
      withSecret(defaultWorld, "shop/production", { versions: [{ id: "1", stages: [] }] }),
      "version 1 needs one value",
    ],
    [
      "with one stage on two versions",
      withSecret(defaultWorld, "shop/production", {
        versions: versions.map((version) => ({ ...version, stages: ["AWSCURRENT"] })),
      }),
      "AWSCURRENT is there twice",
    ],
    [
      "with two secrets of one name",
      { secrets: [secret, { ...secret, arn: secret?.arn.replace("AbCdEf", "GhIjKl") }] },
      "shop/production is there twice",
    ],
  ])("%s", (_, part, message) => {
    expect(() => checkWorld({ ...defaultWorld, ...part } as World)).toThrow(message)
  })

  test("without a member", () => {
    const { keys: _, ...rest } = defaultWorld
    expect(() => checkWorld(rest as World)).toThrow("the world has no keys")
  })
})

describe("a part of the world", () => {
  test("is changed for one role, key or secret, and no other", () => {
    const { roles } = withRole(defaultWorld, "app", { policies: [] })
    expect(roles.map((role) => role.policies.length)).toEqual([0, 2, 0])
    const { keys } = withKey(defaultWorld, appKey, { state: "Disabled" })
    expect(keys.map((key) => key.state)).toEqual(["Disabled", undefined, undefined])
    const { secrets } = withSecret(defaultWorld, "shop/production", { deletedAt: "2026-02-01" })
    expect(secrets.map((one) => one.deletedAt)).toEqual(["2026-02-01"])
  })

  test("cannot be changed for what is not there", () => {
    expect(() => withRole(defaultWorld, "x", {})).toThrow("there is no role x")
    expect(() => withKey(defaultWorld, "x", {})).toThrow("there is no key x")
    expect(() => withSecret(defaultWorld, "x", {})).toThrow("there is no secret x")
  })
})

test("ARNs are of the default account and Region unless said otherwise", () => {
  expect(roleArn("app")).toBe("arn:aws:iam::111122223333:role/app")
  expect(keyArn("1")).toBe("arn:aws:kms:eu-west-1:111122223333:key/1")
})

function idOf(arn: string): string {
  return arn.split("/").at(-1) ?? ""
}
