import { writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { decideForResource, type PolicyDocument } from "../../fake/aws/policy.ts"
import { account, defaultWorld, type World, withSecret } from "../../fake/aws/world.ts"
import type { Run, Sandbox } from "../harness.ts"
import { filesIn, shop } from "./shop.ts"
import { madeKey, rolesAndKeyOf } from "./stack.ts"

const administers: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "secretsmanager:CreateSecret", Resource: "*" },
}

const world: World = {
  ...defaultWorld,
  keys: [],
  secrets: [],
  roles: [
    { name: "admin", policies: [administers], mechanisms: ["static"] },
    { name: "nobody", policies: [], mechanisms: ["static"] },
    { name: "stranger", account: "444455556666", policies: [administers], mechanisms: ["static"] },
  ],
}

let aws: FakeAws
let box: Sandbox
beforeAll(async () => {
  aws = await startFakeAws(world)
  box = shop()
})
afterAll(() => aws.stop())

const as = (role: string) => environmentFor(aws, { via: "static", role, folder: box.folder })

async function asked(): Promise<string[]> {
  const requests = await aws.requests()
  await aws.clearRequests()
  return requests.map(({ service, operation, outcome }) => `${service} ${operation} ${outcome}`)
}

describe("a secret that is made", () => {
  test("by credentials of another account is refused before anything is made or written", async () => {
    const before = filesIn(box)
    const env = environmentFor(aws, {
      via: "static",
      role: "arn:aws:iam::444455556666:role/stranger",
      folder: box.folder,
    })
    const run = await box.envseal(["env", "add", "qa", "--create-secret"], { env })
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("[WRONG_ACCOUNT]")
    expect(await asked()).toEqual(["sts GetCallerIdentity ok"])
    expect(filesIn(box)).toEqual(before)
  })

  test("without the right to is refused, and nothing is written", async () => {
    const before = filesIn(box)
    const run = await box.envseal(["env", "add", "qa", "--create-secret"], { env: as("nobody") })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("secretsmanager:CreateSecret")
    expect(await asked()).toEqual([
      "sts GetCallerIdentity ok",
      "secretsmanager CreateSecret AccessDeniedException",
    ])
    expect(filesIn(box)).toEqual(before)
  })

  test("has no value, is the only thing that is made, and is told", async () => {
    const run = await box.envseal(["env", "add", "qa", "--create-secret"], { env: as("admin") })
    expect(run.status).toBe(0)
    expect(run.stderr).toContain("made the secret shop/qa, without a value: nothing can be sealed")
    expect(run.stderr).not.toContain("aws secretsmanager create-secret")
    expect(await asked()).toEqual(["sts GetCallerIdentity ok", "secretsmanager CreateSecret ok"])
    const { secrets } = await aws.world()
    expect(secrets).toMatchObject([{ name: "shop/qa", versions: [] }])
  })

  test("is left as it is when it is there already, and that is told", async () => {
    const { secrets } = await aws.world()
    const other = shop()
    const run = await other.envseal(["env", "add", "qa", "--create-secret", "--json"], { env: as("admin") })
    expect(run).toMatchObject({ status: 0, stderr: "" })
    expect(JSON.parse(run.stdout).secret).toEqual({ name: "shop/qa", outcome: "exists" })
    expect((await aws.world()).secrets).toEqual(secrets)
    await aws.clearRequests()
  })
})

describe("with the roles and the key of the template", () => {
  const expectArgs = ["--expect", "app=shop,environment=qa", "--kms-key", madeKey]
  const values = { APP_NAME: "Shop", APP_KEY: "base64:abc=", DB_PASSWORD: "it's $5" }
  const pod = () =>
    environmentFor(aws, {
      via: "pod-identity",
      role: "shop-qa-pod",
      serviceAccount: "shop-qa/shop",
      folder: box.folder,
    })

  beforeAll(async () => {
    const stack = rolesAndKeyOf(box.path("envseal/qa/cloudformation.yaml"))
    await aws.setWorld({ roles: [...world.roles, ...stack.roles], keys: stack.keys })
  })

  function refused(run: Run, action: string): void {
    expect(run.status).toBe(5)
    expect(run.stderr).toContain("[ACCESS_DENIED]")
    expect(run.stderr).toContain(`"Action":"${action}"`)
  }

  test("the build cannot seal until the secret has a value, and then seals", async () => {
    const empty = await box.envseal(["seal", "-e", "qa"], { env: as("shop-qa-build") })
    expect(empty.status).toBe(4)
    expect(empty.stderr).toContain("[SOURCE_MISSING]")
    const version = { id: "00000000-0000-4000-8000-000000000001", stages: ["AWSCURRENT"] }
    const versions = [{ ...version, string: JSON.stringify(values) }]
    await aws.setWorld(withSecret(await aws.world(), "shop/qa", { versions }))
    const sealed = await box.envseal(["seal", "-e", "qa"], { env: as("shop-qa-build") })
    expect(sealed).toMatchObject({ status: 0 })
  })

  test("the pod opens what the build sealed, and the build and the deployer cannot", async () => {
    const open = ["open", "--stdout", ...expectArgs]
    const opened = await box.envseal(open, { env: pod() })
    expect(opened.status).toBe(0)
    expect(opened.stdout).toContain('DB_PASSWORD="it\'s \\$5"\n')
    refused(await box.envseal(open, { env: as("shop-qa-build") }), "kms:Decrypt")
    refused(await box.envseal(open, { env: as("deployer") }), "kms:Decrypt")
  })

  test("the pod can neither read the secret nor seal, and the deployer cannot read it", async () => {
    refused(
      await box.envseal(["seal", "-e", "qa", "-o", "no"], { env: pod() }),
      "secretsmanager:GetSecretValue",
    )
    refused(
      await box.envseal(["seal", "-e", "qa", "-o", "no"], { env: as("deployer") }),
      "secretsmanager:GetSecretValue",
    )
    writeFileSync(box.path("values.json"), JSON.stringify(values))
    const file = await box.envseal(["seal", "-e", "qa", "-f", "file:values.json", "-o", "no"], { env: pod() })
    refused(file, "kms:Encrypt")
    expect(box.list()).not.toContain("no")
  })

  test("the build cannot seal for another environment", async () => {
    const args = ["seal", "-e", "qa", "-c", "app=shop,environment=production", "-o", "no"]
    refused(await box.envseal(args, { env: as("shop-qa-build") }), "kms:Encrypt")
  })

  test("the deployer may do what a deploy asks of AWS, for this environment alone", async () => {
    const { roles } = await aws.world()
    const policies = roles.find(({ name }) => name === "deployer")?.policies ?? []
    const role = `arn:aws:iam::${account}:role/deployer`
    const decide = (action: string, resource: string) =>
      decideForResource(policies, undefined, {
        principal: { account, role, session: role },
        action,
        resource,
        account,
        context: new Map(),
      })
    const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${account}:${resource}`
    const asks = (environment: string): [string, string][] => [
      ["codebuild:BatchGetProjects", arn("codebuild", `project/shop-${environment}`)],
      ["codebuild:StartBuild", arn("codebuild", `project/shop-${environment}`)],
      ["codebuild:BatchGetBuilds", arn("codebuild", `project/shop-${environment}`)],
      ["codebuild:StopBuild", arn("codebuild", `project/shop-${environment}`)],
      ["logs:GetLogEvents", arn("logs", `log-group:/aws/codebuild/shop-${environment}:log-stream:a`)],
      ["secretsmanager:DescribeSecret", arn("secretsmanager", `secret:shop/${environment}-AbCdEf`)],
    ]
    for (const [action, resource] of asks("qa"))
      expect([action, decide(action, resource)]).toEqual([action, "allowed"])
    expect(decide("ecr:DescribeImages", arn("ecr", "repository/shop"))).toBe("allowed")
    expect(decide("eks:DescribeCluster", arn("eks", "cluster/main"))).toBe("allowed")
    for (const [action, resource] of asks("staging")) expect(decide(action, resource)).not.toBe("allowed")
    expect(decide("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:shop/qa-AbCdEf"))).not.toBe(
      "allowed",
    )
  })
})
