import { rmSync, writeFileSync } from "node:fs"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { roleArn, type World } from "../../fake/aws/world.ts"
import {
  context,
  dotenv,
  foreignKey,
  key,
  openArgs,
  type Production,
  sealArgs,
  sealProduction,
  secretArn,
  startProduction,
} from "./production.ts"

let production: Production
beforeAll(async () => {
  production = await startProduction()
})
afterAll(() => production.aws.stop())
beforeEach(() => sealProduction(production))

/** What was asked, without the order of credentials and calls. */
async function asked(): Promise<string[]> {
  const requests = await production.aws.requests()
  return requests.map(({ service, operation, outcome }) => `${service} ${operation} ${outcome}`)
}

describe("with the policies that envseal policy prints", () => {
  test("the build seals with one request to each service, and the pod opens with one to KMS", async () => {
    const { box, aws, as } = production
    const sealed = await box.envseal([...sealArgs, "--json"], { env: as("build") })
    expect({ status: sealed.status, stderr: sealed.stderr }).toEqual({
      status: 0,
      stderr: `envseal: sealed 2 names for 1 recipient into .env.sealed\nenvseal: alias/envseal-production is ${key} today; kmsKeys in envseal.yaml, or --kms-key, would hold it to that\n`,
    })
    expect(JSON.parse(sealed.stdout).provenance.sources).toEqual([
      { type: "aws-sm", arn: secretArn, versionId: "00000000-0000-4000-8000-000000000002" },
    ])
    expect(await asked()).toEqual([
      "agent GetCredentials ok",
      "secretsmanager GetSecretValue ok",
      "kms Encrypt ok",
    ])
    await aws.clearRequests()
    const opened = await box.envseal([...openArgs], { env: as("pod") })
    expect(opened).toEqual({ status: 0, signal: null, stdout: dotenv, stderr: "" })
    expect(await asked()).toEqual(["agent GetCredentials ok", "kms Decrypt ok"])
  })

  test("KMS binds the context, and the envelope names the key by its own ARN", async () => {
    const { box, aws, as } = production
    await box.envseal([...openArgs], { env: as("pod") })
    const decrypt = (await aws.requests()).find(({ operation }) => operation === "Decrypt")
    expect(decrypt).toMatchObject({
      keyId: key,
      encryptionContext: { app: "shop", environment: "production" },
    })
    const { recipients } = JSON.parse((await box.envseal(["inspect", "--json"])).stdout)
    expect(recipients).toEqual([`aws-kms:${key}`])
  })

  test.each([
    ["the build cannot open what it sealed", "build"],
    ["the pod of another environment cannot open", "staging-pod"],
    ["the deployer cannot open", "deployer"],
    ["who may do everything by IAM alone cannot open", "admin"],
  ])("%s: one try, status 5, and the hint is the missing permission", async (_, role) => {
    const { box, as } = production
    const run = await box.envseal([...openArgs], { env: as(role) })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[ACCESS_DENIED]")
    expect(run.stderr).toContain(`assumed-role/${role}/`)
    const [, hint = ""] = /hint: .*?(\{.*\})/.exec(run.stderr) ?? []
    expect(JSON.parse(hint)).toEqual({
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: key,
      Condition: {
        StringEquals: {
          "kms:EncryptionContext:app": "shop",
          "kms:EncryptionContext:environment": "production",
        },
        "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["app", "environment"] },
      },
    })
    expect(await asked()).toEqual(["agent GetCredentials ok", "kms Decrypt AccessDeniedException"])
  })

  test.each(["pod", "staging-pod", "deployer"])("%s cannot read the secret", async (role) => {
    const { box, as } = production
    const run = await box.envseal([...sealArgs, "-o", "none"], { env: as(role) })
    expect(run.status).toBe(5)
    expect(run.stderr).toContain('"Action":"secretsmanager:GetSecretValue"')
    expect(await asked()).toEqual([
      "agent GetCredentials ok",
      "secretsmanager GetSecretValue AccessDeniedException",
    ])
    expect(box.list()).not.toContain("none")
  })

  test.each([
    ["another environment", "app=shop,environment=staging2"],
    ["another app", "app=other,environment=production"],
    ["a pair too many", `${context},tenant=a`],
    ["a pair too few", "app=shop"],
    ["a name in another case", "App=shop,environment=production"],
  ])("the build cannot seal for %s", async (_, other) => {
    const { box, as } = production
    const args = [...sealArgs.slice(0, -1), other, "-o", "none"]
    const run = await box.envseal(args, { env: as("build") })
    expect(run.status).toBe(5)
    expect(run.stderr).toContain('"Action":"kms:Encrypt"')
    expect(box.list()).not.toContain("none")
  })

  test("an envelope for another environment is refused before any request", async () => {
    const { box, as } = production
    const expected = ["open", "--stdout", "--kms-key", key, "--expect", "app=shop,environment=staging"]
    const run = await box.envseal(expected, { env: as("staging-pod") })
    expect(run).toMatchObject({ status: 6, stdout: "" })
    expect(run.stderr).toContain("[CONTEXT_MISMATCH]")
    expect(await asked()).toEqual([])
  })

  test("an envelope wrapped under a foreign key is refused before any request when the key is pinned", async () => {
    const { box, aws, as } = production
    const args = ["seal", "-q", "-f", "-", "-r", `aws-kms:${foreignKey}`, "-c", context, "-o", "foreign"]
    expect((await box.envseal(args, { env: as("admin"), stdin: '{"A":"1"}' })).status).toBe(0)
    await aws.clearRequests()
    const pinned = await box.envseal([...openArgs, "--in", "foreign"], { env: as("admin") })
    expect(pinned).toMatchObject({ status: 6, stdout: "" })
    expect(pinned.stderr).toContain("[KEY_MISMATCH]")
    expect(await asked()).toEqual([])
    const byVariable = await box.envseal(["open", "--in", "foreign", "--stdout", "--expect", context], {
      env: { ...as("admin"), ENVSEAL_KMS_KEY: `${key},${foreignKey}` },
    })
    expect(byVariable).toMatchObject({ status: 0, stdout: "A=1\n", stderr: "" })
  })

  test("an unpinned key is used with a warning that names it", async () => {
    const { box, as } = production
    const run = await box.envseal(["open", "--stdout", "--expect", context], { env: as("pod") })
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    expect(run.stderr).toMatch(/^envseal: warning: no KMS key is pinned.*ENVSEAL_KMS_KEY/)
    expect(run.stderr).toContain(key)
  })

  test("without an expectation KMS is not asked", async () => {
    const { box, as } = production
    const run = await box.envseal(["open", "--stdout", "--kms-key", key], { env: as("pod") })
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("--expect")
    expect(await asked()).toEqual([])
  })

  test("the key's administrator is the account, without any use of the key", async () => {
    const { aws } = production
    const statements = [(await aws.world()).keys[0]?.policy.Statement ?? []].flat()
    const [administer] = statements
    expect(administer?.Principal).toEqual({ AWS: roleArn("x").replace("role/x", "root") })
    const actions = [administer?.Action ?? []].flat().join(" ")
    expect(actions).not.toMatch(/\*|Encrypt|Decrypt|GenerateDataKey|CreateGrant|Sign/)
  })
})

describe("with an alias that somebody repointed to a key of their own", () => {
  const repointed = ({ keys, ...others }: World): World => ({
    ...others,
    keys: keys.map((one) => ({
      ...one,
      aliases: one.arn === foreignKey ? ["alias/envseal-production"] : [],
    })),
  })
  let world: World
  beforeAll(async () => {
    world = await production.aws.world()
  })
  beforeEach(() => production.aws.setWorld(repointed(world)))
  afterEach(() => production.aws.setWorld(world))

  const settings = `version: 1
app: shop
environments:
  production:
    secret: shop/production
    recipients: [aws-kms:alias/envseal-production]
    kmsKeys: [${key}]
`

  test.each([
    ["--kms-key", [...sealArgs, "--kms-key", key], {}],
    ["ENVSEAL_KMS_KEY", sealArgs, { ENVSEAL_KMS_KEY: key }],
    ["kmsKeys of the settings", ["seal", "-e", "production"], {}],
  ])("the build is refused by %s, and writes nothing", async (_, args, variables) => {
    const { box, as } = production
    writeFileSync(box.path("envseal.yaml"), settings)
    const run = await box.envseal([...args, "-o", "repointed"], { env: { ...as("admin"), ...variables } })
    rmSync(box.path("envseal.yaml"))
    expect(run).toMatchObject({ status: 6, stdout: "" })
    expect(run.stderr).toContain(
      `alias/envseal-production leads to ${foreignKey}, which is none of the pinned keys [KEY_MISMATCH]`,
    )
    expect(box.list()).not.toContain("repointed")
  })

  test("the build without a pin tells which key it sealed for", async () => {
    const { box, as } = production
    const run = await box.envseal([...sealArgs, "-o", "unpinned"], { env: as("admin") })
    expect(run.status, run.stderr).toBe(0)
    expect(run.stderr).toContain(`envseal: alias/envseal-production is ${foreignKey} today;`)
  })
})
