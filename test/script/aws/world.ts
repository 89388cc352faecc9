import type { PolicyDocument } from "../../fake/aws/policy.ts"
import {
  account,
  defaultKeyPolicy,
  defaultWorld,
  keyArn,
  type Mechanism,
  type Role,
  region,
  roleArn,
  type World,
} from "../../fake/aws/world.ts"

export const key = keyArn("1234abcd-12ab-34cd-56ef-1234567890ab")
export const foreignKey = keyArn("99999999-12ab-34cd-56ef-1234567890ab")
export const secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:shop/production-AbCdEf`
export const context = "app=shop,environment=production"
export const secret = { APP_KEY: "base64:abc=", DB_PASSWORD: "it's $5" }
export const dotenv = `APP_KEY=base64:abc=\nDB_PASSWORD="it's \\$5"\n`

/** Runs `envseal policy` with these arguments. */
export type PrintPolicy = (...args: readonly string[]) => Promise<PolicyDocument>

const usual: readonly Mechanism[] = ["static", "web-identity", "pod-identity", "container"]

function role(name: string, ...policies: readonly PolicyDocument[]): Role {
  return { name, policies, mechanisms: usual }
}

const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
}

/**
 * The account of an app with the policies that `envseal policy` prints: a build, pods of production and of
 * staging, a deployer, all on one key; beside them an administrator of IAM who gave themselves everything, and
 * a key whose policy leaves all to IAM.
 */
export async function productionWorld(printed: PrintPolicy): Promise<World> {
  const common = ["-c", "app=shop", "--kms-key", key]
  const build = await printed("build", "-e", "production", ...common, "--secret", secretArn)
  const pod = await printed("pod", "-e", "production", ...common)
  const staging = await printed("pod", "-e", "staging", ...common)
  const project = `arn:aws:codebuild:${region}:${account}:project/shop`
  const deployer = await printed("deployer", "--project", project, "--secret", secretArn)
  const roles = ["--build-role", roleArn("build"), "--pod-role", roleArn("pod")]
  const keyPolicy = await printed("key", "-e", "production", ...common, ...roles)
  const stagingRoles = ["--build-role", roleArn("build"), "--pod-role", roleArn("staging-pod")]
  const stagingKeyPolicy = await printed("key", "-e", "staging", ...common, ...stagingRoles)
  return {
    ...defaultWorld,
    roles: [
      role("build", build),
      role("pod", pod),
      role("staging-pod", staging),
      role("deployer", deployer),
      role("admin", everything),
    ],
    keys: [
      { arn: key, aliases: ["alias/envseal-production"], policy: merged(keyPolicy, stagingKeyPolicy) },
      { arn: foreignKey, aliases: ["alias/foreign"], policy: defaultKeyPolicy },
    ],
    secrets: [
      {
        name: "shop/production",
        arn: secretArn,
        versions: [
          {
            id: "00000000-0000-4000-8000-000000000002",
            stages: ["AWSCURRENT"],
            string: JSON.stringify(secret),
          },
          {
            id: "00000000-0000-4000-8000-000000000001",
            stages: ["AWSPREVIOUS"],
            string: '{"APP_KEY":"old"}',
          },
        ],
      },
    ],
  }
}

/** One key for two environments: the statements of both. */
function merged(one: PolicyDocument, other: PolicyDocument): PolicyDocument {
  return { ...one, Statement: [one.Statement, other.Statement].flat() }
}
