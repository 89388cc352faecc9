import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readWritten, type WrittenPart } from "../../../src/config/entry-text.ts"
import {
  deriveEnvironment,
  type GivenSettings,
  renamer,
} from "../../../src/setup/core/derived-environment.ts"
import { runs } from "../../dotenv/values.ts"
import { failureOf } from "../../fake/failure.ts"

const account = "111122223333"
const key = `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const age = (letter: string) => `age1${letter.repeat(58)}`

interface Written {
  readonly own?: WrittenPart
  readonly defaults?: WrittenPart
  readonly given?: GivenSettings
}

function derive({ own = {}, defaults = {}, given = {} }: Written) {
  const base = { account, region: "eu-west-1", ...defaults }
  const data = { version: 1, app: "shop", defaults: base, environments: { staging: own } }
  const file = readWritten(JSON.stringify(data), "envseal.yaml")
  return deriveEnvironment(file, { name: "qa", from: "staging", given })
}

describe("the entry of a new environment", () => {
  test("has names of its own when the other one says nothing", () => {
    expect(derive({})).toEqual({
      entry: {
        secret: "shop/qa",
        recipients: ["aws-kms:alias/envseal-shop-qa"],
        roles: {
          build: `arn:aws:iam::${account}:role/shop-qa-build`,
          pod: `arn:aws:iam::${account}:role/shop-qa-pod`,
        },
      },
      leftOut: [],
    })
  })

  test("is built from the same branch and repository, whatever those are called", () => {
    const repository = "https://git.example.com/staging/shop.git"
    const own: WrittenPart = { build: { project: "staging", repository, source: "staging" } }
    expect(derive({ own }).entry.build).toEqual({ project: "qa", repository, source: "staging" })
  })

  test("has its name wherever the other one's stands, in the other one's order", () => {
    const own: WrittenPart = {
      workloads: ["deployment/web-staging", { deployment: "staging-worker", containers: ["app"] }],
      recipients: ["aws-kms:alias/staging/envseal"],
      secret: "team/staging/shop",
      roles: { pod: `arn:aws:iam::${account}:role/staging/pod` },
      build: { project: "staging_build", variables: { ENVSEAL_ENVIRONMENT: "staging", MODE: "outstaging" } },
      cluster: { eks: "staging-cluster", namespace: "staging" },
      context: { app: "shop", stage: "staging" },
    }
    const { entry, leftOut } = derive({ own })
    expect(entry).toEqual({
      workloads: ["deployment/web-qa", { deployment: "qa-worker", containers: ["app"] }],
      recipients: ["aws-kms:alias/qa/envseal"],
      secret: "team/qa/shop",
      roles: {
        build: `arn:aws:iam::${account}:role/shop-qa-build`,
        pod: `arn:aws:iam::${account}:role/qa/pod`,
      },
      build: { project: "qa_build", variables: { ENVSEAL_ENVIRONMENT: "qa", MODE: "outstaging" } },
      // The cluster is there already.
      cluster: { eks: "staging-cluster", namespace: "qa" },
      context: { app: "shop", stage: "qa" },
    })
    expect(Object.keys(entry)).toEqual(Object.keys(own))
    expect(leftOut).toEqual([])
  })

  test("has nothing of the other one's keys, secrets and identities, and that is told", () => {
    const own: WrittenPart = {
      kmsKeys: [key],
      secretKeys: [key],
      secret: ["shop/common", `arn:aws:secretsmanager:eu-west-1:${account}:secret:live-AbCdEf#AWSPREVIOUS`],
      recipients: [`aws-kms:${key}`, age("q")],
    }
    const { entry, leftOut } = derive({ own, defaults: { recipients: [age("p")] } })
    expect(entry).toMatchObject({
      secret: "shop/qa",
      recipients: ["aws-kms:alias/envseal-shop-qa", age("p")],
    })
    expect(entry).not.toHaveProperty("kmsKeys")
    expect(entry).not.toHaveProperty("secretKeys")
    expect(leftOut).toEqual(["kmsKeys", "secretKeys", "secret", "recipients"])
  })

  test("takes the name out of a secret's ARN, without its version", () => {
    const secret = `arn:aws:secretsmanager:eu-west-1:${account}:secret:shop/staging-AbCdEf#AWSPREVIOUS`
    expect(derive({ own: { secret } }).entry.secret).toBe("shop/qa")
  })

  test.each<[string, Written, WrittenPart]>([
    ["a secret", { defaults: { secret: "shop/all" } }, { secret: "shop/qa" }],
    [
      "recipients",
      { defaults: { recipients: ["aws-kms:alias/all"] } },
      { recipients: ["aws-kms:alias/envseal-shop-qa"] },
    ],
    ["a project", { defaults: { build: { project: "shop" } } }, { build: { project: "shop-qa" } }],
    [
      "a namespace",
      { defaults: { cluster: { eks: "main", namespace: "shop" } } },
      { cluster: { namespace: "shop-qa" } },
    ],
    [
      "a context",
      { defaults: { context: { app: "shop", stage: "live" } } },
      { context: { app: "shop", stage: "live", environment: "qa" } },
    ],
    [
      "roles",
      { defaults: { roles: { pod: `arn:aws:iam::${account}:role/pod` } } },
      { roles: { pod: `arn:aws:iam::${account}:role/shop-qa-pod` } },
    ],
  ])("does not share %s of the defaults", (_, written, expected) => {
    expect(derive(written).entry).toMatchObject(expected)
  })

  test("says what is given in place of what the other one says", () => {
    const given = { account: "444455556666", region: "us-east-2", source: "v1", eks: "b", namespace: "c" }
    expect(
      derive({
        own: { build: { project: "aa", source: "main" }, cluster: { eks: "a", namespace: "d" } },
        given,
      }).entry,
    ).toMatchObject({
      account: "444455556666",
      region: "us-east-2",
      build: { project: "shop-qa", source: "v1" },
      cluster: { eks: "b", namespace: "c" },
      roles: { build: "arn:aws:iam::444455556666:role/shop-qa-build" },
    })
  })

  test("is refused when defaults would pin the key of the others", async () => {
    const failure = await failureOf(async () => derive({ defaults: { kmsKeys: [key] } }))
    expect(failure).toMatchObject({ code: "USAGE" })
  })
})

test("another cluster is not looked for by the context and the server of the one", () => {
  const own = { cluster: { eks: "a", context: "a", server: "https://a.example.com", namespace: "staging" } }
  expect(derive({ own }).entry.cluster).toEqual({ ...own.cluster, namespace: "qa" })
  expect(derive({ own, given: { eks: "b" } }).entry.cluster).toEqual({ eks: "b", namespace: "qa" })
})

test("a name is replaced where it stands as a word of its own, and nowhere else", () => {
  const rename = renamer("prod", "qa.$&")
  expect(rename("shop/prod")).toBe("shop/qa.$&")
  expect(rename("prod_prod-prod")).toBe("qa.$&_qa.$&-qa.$&")
  for (const text of ["production", "reprod", "PROD", "prod1", ""]) expect(rename(text)).toBeNull()
})

test("what was renamed has the old name nowhere", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}[a-z0-9]$/)
  fc.assert(
    fc.property(
      word,
      fc.array(fc.constantFrom("/", "-", "_", ":", "x", "NAME"), { maxLength: 12 }),
      (from, parts) => {
        const text = parts.map((part) => (part === "NAME" ? from : part)).join("")
        const renamed = renamer(from, "ZZ")(text) ?? text
        expect(renamer(from, "ZZ")(renamed)).toBeNull()
      },
    ),
    runs(200),
  )
})
