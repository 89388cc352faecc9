import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../fake/aws/client.ts"
import { deployWorld, shopCluster } from "../fake/aws/deploy-world.ts"
import {
  appKey,
  defaultKeyPolicy,
  type Role,
  region,
  roleArn,
  type World,
  withKey,
} from "../fake/aws/world.ts"
import { hangMs } from "./hang.ts"

const run = promisify(execFile)
const cli = join(import.meta.dirname, "../../.cache/awscli/bin/aws")
const admin: Role = {
  name: "admin",
  policies: [{ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } }],
  mechanisms: ["static"],
}
const world: World = {
  ...deployWorld,
  roles: [...deployWorld.roles, admin],
  eksClusters: [shopCluster("https://127.0.0.1:1", Buffer.from("ca").toString("base64"))],
}

let folder: string
let aws: FakeAws

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "envseal-aws-cli-"))
  aws = await startFakeAwsApart(world)
})
afterAll(async () => {
  await aws.stop()
  await rm(folder, { recursive: true })
})

/** Runs AWS's command line as the admin. @returns what it prints, parsed; `null` when it prints nothing. */
async function call(...args: readonly string[]) {
  // Version 1 of the command line does not read AWS_REGION.
  const settings = { AWS_DEFAULT_REGION: region, AWS_MAX_ATTEMPTS: "1" }
  const env = { ...environmentFor(aws, { via: "static", role: "admin", folder }), ...settings }
  const { stdout } = await run(cli, [...args, "--output", "json"], { env, timeout: hangMs })
  return stdout.trim() === "" ? null : JSON.parse(stdout)
}

describe("AWS's command line", () => {
  test("brings a key back and gives it a policy", async () => {
    await aws.setWorld(withKey(world, appKey, { state: "PendingDeletion" }))
    expect(await call("kms", "cancel-key-deletion", "--key-id", appKey)).toEqual({ KeyId: appKey })
    await call("kms", "enable-key", "--key-id", appKey)
    const { KeyMetadata } = await call("kms", "describe-key", "--key-id", appKey)
    expect(KeyMetadata).toMatchObject({ KeyState: "Enabled", MultiRegion: false })
    const policy = JSON.stringify({ ...defaultKeyPolicy, Id: "new" })
    await call("kms", "put-key-policy", "--key-id", appKey, "--policy-name", "default", "--policy", policy)
    const read = await call("kms", "get-key-policy", "--key-id", appKey, "--policy-name", "default")
    expect(JSON.parse(read.Policy)).toMatchObject({ Id: "new" })
  })

  test("ends a dry run with the error that says it would succeed", async () => {
    const dryRun = ["--dry-run", "--dry-run-modifiers", "IGNORE_CIPHERTEXT"]
    await expect(call("kms", "decrypt", "--key-id", appKey, ...dryRun)).rejects.toThrow(
      "DryRunOperationException",
    )
  })

  test("changes a build project", async () => {
    const image = "aws/codebuild/standard:8.0"
    const environment = `type=LINUX_CONTAINER,image=${image},computeType=BUILD_GENERAL1_SMALL,privilegedMode=true`
    const role = ["--service-role", roleArn("builder")]
    await call("codebuild", "update-project", "--name", "shop", "--environment", environment, ...role)
    const { projects } = await call("codebuild", "batch-get-projects", "--names", "shop")
    expect(projects).toMatchObject([
      { serviceRole: roleArn("builder"), environment: { image, privilegedMode: true } },
    ])
  })

  test("makes a repository and fixes its tags", async () => {
    await call("ecr", "create-repository", "--repository-name", "new")
    const change = ["--repository-name", "new", "--image-tag-mutability", "IMMUTABLE"]
    await call("ecr", "put-image-tag-mutability", ...change)
    const { repositories } = await call("ecr", "describe-repositories", "--repository-names", "new")
    expect(repositories).toMatchObject([{ repositoryName: "new", imageTagMutability: "IMMUTABLE" }])
  })

  test("puts, reads, lists and deletes a role's inline policy", async () => {
    const policy = [...["--role-name", "nobody"], "--policy-name", "look"]
    const document = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "kms:DescribeKey", Resource: appKey }],
    }
    await call("iam", "put-role-policy", ...policy, "--policy-document", JSON.stringify(document))
    expect(await call("iam", "get-role-policy", ...policy)).toEqual({
      ...{ RoleName: "nobody", PolicyName: "look", PolicyDocument: document },
    })
    expect(await call("iam", "list-role-policies", "--role-name", "nobody")).toEqual({
      PolicyNames: ["look"],
    })
    await call("iam", "delete-role-policy", ...policy)
    expect(await call("iam", "list-role-policies", "--role-name", "nobody")).toEqual({ PolicyNames: [] })
  })

  test("ties a role to a service account", async () => {
    const cluster = ["--cluster-name", "shop"]
    const account = ["--namespace", "shop", "--service-account", "web"]
    const role = (name: string) => ["--role-arn", roleArn(name)]
    const create = ["create-pod-identity-association", ...cluster, ...account, ...role("app")]
    await call("eks", ...create)
    const { associations } = await call("eks", "list-pod-identity-associations", ...cluster, ...account)
    const one = [...cluster, "--association-id", associations[0].associationId]
    await call("eks", "update-pod-identity-association", ...one, ...role("builder"))
    const { association } = await call("eks", "describe-pod-identity-association", ...one)
    expect(association).toMatchObject({ serviceAccount: "web", roleArn: roleArn("builder") })
  })

  test("makes a secret without a value, and gives it one", async () => {
    await call("secretsmanager", "create-secret", "--name", "shop/new")
    const secret = ["--secret-id", "shop/new"]
    expect(await call("secretsmanager", "describe-secret", ...secret)).not.toHaveProperty(
      "VersionIdsToStages",
    )
    await call("secretsmanager", "put-secret-value", ...secret, "--secret-string", '{"A":"b"}')
    expect(await call("secretsmanager", "get-secret-value", ...secret)).toMatchObject({
      SecretString: '{"A":"b"}',
    })
  })
})
