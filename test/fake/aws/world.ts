import type { ClockSetting } from "./build-clock.ts"
import type { EksCluster } from "./eks-cluster.ts"
import type { PolicyDocument } from "./policy.ts"
import type { Project } from "./project.ts"
import type { Repository } from "./repository.ts"

/** The ways in which a process comes by the credentials of a role. */
export type Mechanism = "static" | "web-identity" | "pod-identity" | "container" | "instance"

/** An IAM role. */
export interface Role {
  readonly name: string
  /** Another account than the world's. */
  readonly account?: string
  readonly policies: readonly PolicyDocument[]
  /** By name: those that IAM shows, puts and deletes. The role has `policies` besides. */
  readonly inlinePolicies?: Readonly<Record<string, PolicyDocument>>
  /** What hands out its credentials; nothing else does. One role at most is the instance's. */
  readonly mechanisms: readonly Mechanism[]
  /** ARNs of roles that its trust policy lets assume it. */
  readonly trusts?: readonly string[]
  /** `namespace/name` of the Kubernetes service account that may use it; by default `default/NAME`. */
  readonly serviceAccount?: string
}

export type KeyState =
  | "Enabled"
  | "Disabled"
  | "PendingDeletion"
  | "PendingImport"
  | "Unavailable"
  | "Creating"

/** A KMS key of one Region. Those with the same `mrk-` id in several Regions have the same material. */
export interface Key {
  readonly arn: string
  /** Such as `alias/envseal`. */
  readonly aliases?: readonly string[]
  readonly state?: KeyState
  readonly usage?: "ENCRYPT_DECRYPT" | "SIGN_VERIFY"
  readonly policy: PolicyDocument
}

/** One version of a secret, with either text or base64 bytes. */
export interface SecretVersion {
  readonly id: string
  readonly stages: readonly string[]
  readonly string?: string
  readonly binary?: string
  readonly createdAt?: string
}

/** A secret in its primary Region, which is the one of its ARN. */
export interface Secret {
  readonly name: string
  /** Ends with `-` and six characters. */
  readonly arn: string
  readonly versions: readonly SecretVersion[]
  /** Set when it is marked for deletion. */
  readonly deletedAt?: string
  readonly replicas?: readonly { readonly region: string; readonly kmsKeyId?: string }[]
  readonly policy?: PolicyDocument
  /** ARN of its own key. Without one it is under the account's `aws/secretsmanager`. */
  readonly kmsKeyId?: string
  readonly rotationEnabled?: boolean
  readonly description?: string
}

/** The Kubernetes cluster whose tokens STS and the agent accept. */
export interface Cluster {
  readonly name: string
  readonly issuer: string
  /** Whether IAM has an OIDC provider for the issuer. */
  readonly oidcProvider: boolean
  /** Whether STS reaches the issuer. */
  readonly reachable: boolean
  /** PEM of the P-256 key by which a real cluster's tokens are known, beside those that the fake signs. */
  readonly publicKey?: string
}

/** Everything the fake knows. Plain JSON. */
export interface World {
  readonly account: string
  readonly region: string
  readonly cluster: Cluster
  /** How long credentials that are handed out last. */
  readonly sessionSeconds: number
  readonly roles: readonly Role[]
  readonly keys: readonly Key[]
  readonly secrets: readonly Secret[]
  readonly projects: readonly Project[]
  readonly repositories: readonly Repository[]
  readonly eksClusters: readonly EksCluster[]
  readonly buildClock: ClockSetting
  /**
   * How far the clock of all services is ahead of the machine's, or behind when negative. It tells the age of
   * signatures and tokens, and the Date of each answer. By default 0.
   */
  readonly clockSkewSeconds?: number
}

export const account = "111122223333"
export const region = "eu-west-1"

/** ARN of a role of the default account. */
export function roleArn(name: string, inAccount = account): string {
  return `arn:aws:iam::${inAccount}:role/${name}`
}

/** ARN of a key of the default account. */
export function keyArn(id: string, inRegion = region, inAccount = account): string {
  return `arn:aws:kms:${inRegion}:${inAccount}:key/${id}`
}

/** What a new key gets: the account decides by identity policies. */
export const defaultKeyPolicy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: {
    Sid: "Enable IAM User Permissions",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  },
}

const usual: readonly Mechanism[] = ["static", "web-identity", "pod-identity", "container"]
const appKeyId = "1234abcd-12ab-34cd-56ef-1234567890ab"
const mrkId = "mrk-1234abcd12ab34cd56ef1234567890ab"

function allow(action: string | readonly string[], resource: string | readonly string[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: { Effect: "Allow", Action: action, Resource: resource } }
}

/**
 * An app `shop` in account 111122223333 and eu-west-1. The role `builder` may read the secret and seal, the role
 * `app` may open and is that of the instance, and `nobody` may do nothing.
 */
export const defaultWorld: World = {
  account,
  region,
  cluster: {
    name: "shop",
    issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
    oidcProvider: true,
    reachable: true,
  },
  sessionSeconds: 3600,
  roles: [
    {
      name: "app",
      policies: [allow(["kms:Decrypt", "kms:DescribeKey"], `arn:aws:kms:*:${account}:key/*`)],
      mechanisms: [...usual, "instance"],
    },
    {
      name: "builder",
      policies: [
        allow(["kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"], `arn:aws:kms:*:${account}:key/*`),
        allow("secretsmanager:*", `arn:aws:secretsmanager:*:${account}:secret:*`),
      ],
      mechanisms: usual,
    },
    { name: "nobody", policies: [], mechanisms: usual },
  ],
  keys: [
    { arn: keyArn(appKeyId), aliases: ["alias/envseal"], policy: defaultKeyPolicy },
    { arn: keyArn(mrkId), aliases: ["alias/envseal-mrk"], policy: defaultKeyPolicy },
    { arn: keyArn(mrkId, "eu-central-1"), aliases: ["alias/envseal-mrk"], policy: defaultKeyPolicy },
  ],
  secrets: [
    {
      name: "shop/production",
      arn: `arn:aws:secretsmanager:${region}:${account}:secret:shop/production-AbCdEf`,
      versions: [
        {
          id: "00000000-0000-4000-8000-000000000002",
          stages: ["AWSCURRENT"],
          string: '{"APP_KEY":"base64:abc=","DB_PASSWORD":"it\'s $5"}',
          createdAt: "2026-01-02T03:04:05.678Z",
        },
        {
          id: "00000000-0000-4000-8000-000000000001",
          stages: ["AWSPREVIOUS"],
          string: '{"APP_KEY":"base64:abc=","DB_PASSWORD":"old"}',
          createdAt: "2026-01-01T03:04:05.678Z",
        },
      ],
    },
  ],
  projects: [],
  repositories: [],
  eksClusters: [],
  buildClock: { speed: 60 },
}

/** The key of the default world that is in one Region only, by ARN. */
export const appKey = keyArn(appKeyId)

/** The key of the default world that is in eu-west-1 and eu-central-1, by its ARN in eu-west-1. */
export const multiRegionKey = keyArn(mrkId)

/** @returns the roles with one of them changed, for `setWorld`. */
export function withRole(world: World, name: string, part: Partial<Role>): Pick<World, "roles"> {
  return { roles: changed(world.roles, (role) => role.name === name, part, `role ${name}`) }
}

/** @returns the keys with one of them changed, for `setWorld`. */
export function withKey(world: World, arn: string, part: Partial<Key>): Pick<World, "keys"> {
  return { keys: changed(world.keys, (key) => key.arn === arn, part, `key ${arn}`) }
}

/** @returns the secrets with one of them changed, for `setWorld`. */
export function withSecret(world: World, name: string, part: Partial<Secret>): Pick<World, "secrets"> {
  return { secrets: changed(world.secrets, (secret) => secret.name === name, part, `secret ${name}`) }
}

/** @returns the projects with one of them changed, for `setWorld`. */
export function withProject(world: World, name: string, part: Partial<Project>): Pick<World, "projects"> {
  return { projects: changed(world.projects, (project) => project.name === name, part, `project ${name}`) }
}

function changed<T>(list: readonly T[], isIt: (one: T) => boolean, part: Partial<T>, name: string): T[] {
  if (!list.some(isIt)) throw new Error(`there is no ${name}`)
  return list.map((one) => (isIt(one) ? { ...one, ...part } : one))
}
