import { EnvsealError } from "../../core/error.ts"
import {
  contextCondition,
  keyStatement,
  oneOrMany,
  type PolicyDocument,
  policyDocument,
  type Statement,
} from "../../core/iam.ts"
import { printable } from "../../core/text.ts"
import type { Context } from "../../envelope/context.ts"
import { parseKeyArn } from "../../envelope/kms-key.ts"
import { startStatements } from "./build-overrides.ts"
import { refuseSharedParts } from "./shared-parts.ts"

/** What the roles of one environment work on. Each policy needs some of it. */
export interface PolicyRequest {
  readonly context: Context
  /** ARNs of the keys that its envelopes are wrapped under. */
  readonly kmsKeys: readonly string[]
  /** Names of the aliases that it seals under, for the deployer to see which keys they lead to. */
  readonly keyAliases?: readonly string[]
  /** ARNs of its secrets. The six characters at the end may be left away, or be `??????`. */
  readonly secrets: readonly string[]
  /** ARNs of the keys that Secrets Manager keeps those secrets under; none for `aws/secretsmanager`. */
  readonly secretKeys: readonly string[]
  /** ARN of its CodeBuild project. */
  readonly project: string | null
  /** ARN of its ECR repository. */
  readonly repository: string | null
  /** ARN of its EKS cluster. */
  readonly cluster: string | null
  readonly buildRole: string | null
  readonly podRole: string | null
}

export type PolicyKind = "build" | "pod" | "deployer" | "key"

/**
 * The least that a role needs for envseal, as a policy to attach to it; for `key`, the policy of the KMS key.
 * What else a build does, such as pushing an image, is not in it.
 *
 * @throws EnvsealError `USAGE` for what is missing or is no ARN, for one role or key that has two parts to play, and for
 * an ARN of a secret that seems to lack its end.
 */
export function makePolicy(kind: PolicyKind, request: PolicyRequest): PolicyDocument {
  refuseSharedParts(request)
  const statements = { build, pod, deployer, key }[kind](request)
  return policyDocument(statements)
}

/** Reads the app's secret, encrypts under the environment's key and context, and can decrypt nothing of it. */
function build({ context, kmsKeys, secrets, secretKeys }: PolicyRequest): Statement[] {
  secretArn(secrets[0])
  return [
    {
      Sid: "ReadTheSecret",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: oneOrMany(secrets.map(secretResource)),
    },
    ...(secretKeys.length === 0 ? [] : [throughSecretsManager(secretKeys, secrets)]),
    { Sid: "Seal", ...keyStatement("kms:Encrypt", keysOf(kmsKeys), contextOf(context)) },
  ]
}

/** The secret's own key, for Secrets Manager's calls alone. */
function throughSecretsManager(keys: readonly string[], secrets: readonly string[]): Statement {
  const services = secrets.map((text) => `secretsmanager.${secretArn(text).region}.amazonaws.com`)
  return {
    Sid: "ReadTheSecretsKey",
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: oneOrMany(keysOf(keys, "--secret-key")),
    Condition: { StringEquals: { "kms:ViaService": oneOrMany([...new Set(services)]) } },
  }
}

/** Opens the environment's envelopes, and reads no secret. */
function pod({ context, kmsKeys }: PolicyRequest): Statement[] {
  return [{ Sid: "Open", ...keyStatement("kms:Decrypt", keysOf(kmsKeys), contextOf(context)) }]
}

/**
 * Looks at the project, starts and follows the build, reads the image's digest and the secret's version, and no value.
 * For `envseal doctor`, it also looks at how repository, key and the pods' role are set up.
 */
function deployer({
  project,
  repository,
  cluster,
  secrets,
  kmsKeys,
  keyAliases = [],
}: PolicyRequest): Statement[] {
  const { partition, region, account, resource } = arn("codebuild", project, "--project")
  const name = resource.replace(/^project\//, "")
  const logs = `arn:${partition}:logs:${region}:${account}:log-group:/aws/codebuild/${name}:*`
  return [
    allow(
      "Build",
      ["codebuild:BatchGetBuilds", "codebuild:BatchGetProjects", "codebuild:StopBuild"],
      project ?? "",
    ),
    ...startStatements(project ?? ""),
    allow("Follow", "logs:GetLogEvents", logs),
    ...(repository === null
      ? []
      : [
          allow(
            "FindTheImage",
            ["ecr:DescribeImages", "ecr:DescribeRepositories"],
            arn("ecr", repository, "--repository").text,
          ),
        ]),
    ...(cluster === null ? [] : clusterStatements(arn("eks", cluster, "--cluster"))),
    ...(kmsKeys.length === 0 ? [] : [allow("LookAtTheKey", "kms:DescribeKey", oneOrMany(keysOf(kmsKeys)))]),
    ...(keyAliases.length === 0 ? [] : [lookBehindAliases(keyAliases, { partition, region, account })]),
    ...(secrets.length === 0
      ? []
      : [allow("CompareVersions", "secretsmanager:DescribeSecret", oneOrMany(secrets.map(secretResource)))]),
  ]
}

/** Whichever key has the alias, which policies cannot name (KMS developer guide, "kms:ResourceAliases"). */
function lookBehindAliases(
  aliases: readonly string[],
  { partition, region, account }: Pick<Arn, "partition" | "region" | "account">,
): Statement {
  return {
    ...allow("LookBehindTheAlias", "kms:DescribeKey", `arn:${partition}:kms:${region}:${account}:key/*`),
    Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": oneOrMany(aliases) } },
  }
}

/** An association has its own ARN (Service authorization reference, "Amazon Elastic Kubernetes Service"). */
function clusterStatements({ text, partition, region, account, resource }: Arn): Statement[] {
  const name = resource.replace(/^cluster\//, "")
  const associations = `arn:${partition}:eks:${region}:${account}:podidentityassociation/${name}/*`
  return [
    allow("FindTheCluster", ["eks:DescribeCluster", "eks:ListPodIdentityAssociations"], text),
    allow("LookAtThePodsRole", "eks:DescribePodIdentityAssociation", associations),
  ]
}

function allow(Sid: string, Action: string | string[], Resource: string | readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource }
}

/** What an administrator of the key may do: everything but to use it, or to grant its use past this policy. */
const administration = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListKeyRotations",
  "kms:ListResourceTags",
  "kms:ListRetirableGrants",
  "kms:PutKeyPolicy",
  "kms:ReplicateKey",
  "kms:RevokeGrant",
  "kms:RotateKeyOnDemand",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
  "kms:UpdatePrimaryRegion",
]

/**
 * The key's own policy. The account gets no use of the key, so that no policy of IAM alone can grant it: who may
 * encrypt and who may decrypt stands here.
 */
function key({ context, kmsKeys, buildRole, podRole }: PolicyRequest): Statement[] {
  const builder = arn("iam", buildRole, "--build-role")
  const opener = arn("iam", podRole, "--pod-role")
  const account = accountOfKey(kmsKeys, [builder, opener])
  const pairs = contextCondition(contextOf(context))
  const use = (Sid: string, role: string, Action: string): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { AWS: role },
    Action,
    Resource: "*",
    Condition: pairs,
  })
  return [
    {
      Sid: "Administer",
      Effect: "Allow",
      Principal: { AWS: `arn:${builder.partition}:iam::${account}:root` },
      Action: administration,
      Resource: "*",
    },
    use("Seal", builder.text, "kms:Encrypt"),
    use("Open", opener.text, "kms:Decrypt"),
  ]
}

/** The one that owns the key. Its roles need not be of it. */
function accountOfKey(kmsKeys: readonly string[], roles: readonly Arn[]): string {
  const owners =
    kmsKeys.length === 0
      ? roles.map((role) => role.account)
      : keysOf(kmsKeys).map((text) => parseKeyArn(text)?.account ?? "")
  const [owner = "", ...others] = new Set(owners)
  if (others.length === 0) return owner
  const what = kmsKeys.length === 0 ? "--kms-key is missing, and the roles" : "--kms-key: the keys"
  throw new EnvsealError("USAGE", `${what} are of several accounts`, {
    hint: "print one policy for each account that has a key, with --kms-key and its ARN",
  })
}

interface Arn {
  readonly text: string
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** How the resource of each service begins. */
const resourcePrefix = {
  iam: "role/",
  secretsmanager: "secret:",
  codebuild: "project/",
  ecr: "repository/",
  eks: "cluster/",
} as const

/** What gives the same in `envseal.yaml`. */
const settingOf = {
  "--secret": "secret",
  "--project": "build.project",
  "--repository": "image.repository",
  "--cluster": "cluster.eks",
  "--build-role": "roles.build",
  "--pod-role": "roles.pod",
  "--kms-key": "kmsKeys",
  "--secret-key": "secretKeys",
} as const

/**
 * Reads the ARN of one thing: a pattern would let in others, and a whole account lets in everyone whom IAM there lets.
 *
 * @throws EnvsealError `USAGE` when it is missing, or another one.
 */
function arn(
  service: keyof typeof resourcePrefix,
  text: string | null | undefined,
  flag: keyof typeof settingOf,
): Arn {
  const prefix = resourcePrefix[service]
  const grammar = `^arn:(aws[a-z-]*):${service}:([a-z0-9-]*):(\\d{12}):(${prefix}[\\w+=,.@/!-]+)$`
  const found = new RegExp(grammar).exec(text ?? "")
  const [, partition = "", region = "", account = "", resource = ""] = found ?? []
  if (found !== null) return { text: text ?? "", partition, region, account, resource }
  const what = text
    ? `${flag}: "${printable(text)}" is not the ARN of a ${prefix.slice(0, -1)}`
    : `${flag} is missing`
  const place = service === "iam" ? "" : "REGION"
  throw new EnvsealError("USAGE", what, {
    hint: `write ${flag} arn:aws:${service}:${place}:ACCOUNT:${prefix}NAME, or ${settingOf[flag]} in envseal.yaml`,
  })
}

/** Secrets Manager ends an ARN with its own six characters; a policy can leave them open. */
const openEnd = "-??????"

/** Six characters of one kind are a word or a date: the end of a name such as `shop-config`, and hardly AWS's own. */
const endOfName = /-(?:[a-z]{6}|[A-Z]{6}|\d{6})$/

function secretResource(text: string): string {
  const { resource } = secretArn(text)
  if (!text.endsWith(openEnd) && endOfName.test(resource)) {
    throw new EnvsealError(
      "USAGE",
      `--secret: ${text} may be a whole ARN, or one without its last six characters`,
      {
        hint: `give the whole ARN, as aws secretsmanager describe-secret prints it; if this is all of it, or the name ends so, put ${openEnd} after the name`,
      },
    )
  }
  return /-[A-Za-z0-9]{6}$/.test(resource) || text.endsWith(openEnd) ? text : `${text}${openEnd}`
}

/** Reads the ARN of a secret, whose end may be open already. */
function secretArn(text: string | undefined): Arn {
  return arn("secretsmanager", text?.endsWith(openEnd) ? text.slice(0, -openEnd.length) : text, "--secret")
}

function keysOf(
  keys: readonly string[],
  flag: "--kms-key" | "--secret-key" = "--kms-key",
): readonly string[] {
  const wrong = keys.find((text) => parseKeyArn(text) === null)
  if (wrong === undefined && keys.length > 0) return keys
  const what =
    wrong === undefined ? `${flag} is missing` : `${flag}: "${printable(wrong)}" is not the ARN of a KMS key`
  throw new EnvsealError("USAGE", what, {
    hint: `write ${flag} arn:aws:kms:REGION:ACCOUNT:key/ID, or ${settingOf[flag]} in envseal.yaml; policies cannot name an alias`,
  })
}

/** A policy without a context would let the role open the envelopes of every environment under the key. */
function contextOf(context: Context): Context {
  if (Object.keys(context).length > 0) return context
  throw new EnvsealError("USAGE", "there is no context to pin", {
    hint: "pass --context app=shop and --environment production, as seal does",
  })
}
