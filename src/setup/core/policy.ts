import {
  keyStatement,
  oneOrMany,
  type PolicyDocument,
  policyDocument,
  type Statement,
} from "../../core/iam.ts"
import type { Context } from "../../envelope/context.ts"
import { startStatements } from "./build-overrides.ts"
import { keyStatements } from "./key-policy.ts"
import { pinnedContext } from "./pinned-context.ts"
import { type PolicyArn, policyArn, policyKeys, secretArn, secretResource } from "./policy-arn.ts"
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

export type PolicyKind = "build" | "pod" | "deployer" | "editor" | "key"

/**
 * The least that a role needs for envseal, as a policy to attach to it; for `key`, the policy of the KMS key.
 * What else a build does, such as `docker push`, is not in it.
 *
 * @throws EnvsealError `USAGE` for what is missing or is no ARN, for one role or key that has two parts to play, and for
 * an ARN of a secret that seems to lack its end.
 */
export function makePolicy(kind: PolicyKind, request: PolicyRequest): PolicyDocument {
  refuseSharedParts(request)
  const statements = { build, pod, deployer, editor, key: keyStatements }[kind](request)
  return policyDocument(statements)
}

/**
 * Reads the app's secret, encrypts under the environment's key and context, and can decrypt nothing of it. With a
 * repository, it also reseals images there.
 */
function build({ context, kmsKeys, secrets, secretKeys, repository }: PolicyRequest): Statement[] {
  secretArn(secrets[0])
  return [
    {
      Sid: "ReadTheSecret",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: oneOrMany(secrets.map(secretResource)),
    },
    ...(secretKeys.length === 0 ? [] : [throughSecretsManager(secretKeys, secrets, "kms:Decrypt")]),
    { Sid: "Seal", ...keyStatement("kms:Encrypt", policyKeys(kmsKeys), pinnedContext(context)) },
    ...(repository === null
      ? []
      : [allow("Reseal", resealActions, policyArn("ecr", repository, "--repository").text)]),
  ]
}

/** What `reseal` calls: manifests, configurations and the layer of the sealed file, out of a repository and into it. */
const resealActions = [
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
  "ecr:InitiateLayerUpload",
  "ecr:UploadLayerPart",
  "ecr:CompleteLayerUpload",
  "ecr:PutImage",
]

/** The secret's own key, for Secrets Manager's calls alone. */
function throughSecretsManager(
  keys: readonly string[],
  secrets: readonly string[],
  action: Statement["Action"],
): Statement {
  const services = secrets.map((text) => `secretsmanager.${secretArn(text).region}.amazonaws.com`)
  return {
    Sid: "ReadTheSecretsKey",
    Effect: "Allow",
    Action: action,
    Resource: oneOrMany(policyKeys(keys, "--secret-key")),
    Condition: { StringEquals: { "kms:ViaService": oneOrMany([...new Set(services)]) } },
  }
}

/** Opens the environment's envelopes, and reads no secret. */
function pod({ context, kmsKeys }: PolicyRequest): Statement[] {
  return [{ Sid: "Open", ...keyStatement("kms:Decrypt", policyKeys(kmsKeys), pinnedContext(context)) }]
}

/** Reads and writes the secret, version by version. Deletes nothing, and neither seals nor opens. */
function editor({ secrets, secretKeys }: PolicyRequest): Statement[] {
  secretArn(secrets[0])
  const actions = [
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:ListSecretVersionIds",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
  ]
  const keyActions = ["kms:Decrypt", "kms:GenerateDataKey"]
  return [
    allow("EditTheSecret", actions, oneOrMany(secrets.map(secretResource))),
    ...(secretKeys.length === 0 ? [] : [throughSecretsManager(secretKeys, secrets, keyActions)]),
  ]
}

/**
 * Looks at the project, starts and follows the build, reads the image's digest and the secret's version, and no value.
 * Reads parts of images, to prove that a reseal has no other code.
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
  const { partition, region, account, resource } = policyArn("codebuild", project, "--project")
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
            policyArn("ecr", repository, "--repository").text,
          ),
          allow(
            "ProveTheReseal",
            ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            policyArn("ecr", repository, "--repository").text,
          ),
        ]),
    ...(cluster === null ? [] : clusterStatements(policyArn("eks", cluster, "--cluster"))),
    ...(kmsKeys.length === 0
      ? []
      : [allow("LookAtTheKey", "kms:DescribeKey", oneOrMany(policyKeys(kmsKeys)))]),
    ...(keyAliases.length === 0 ? [] : [lookBehindAliases(keyAliases, { partition, region, account })]),
    ...(secrets.length === 0
      ? []
      : [allow("CompareVersions", "secretsmanager:DescribeSecret", oneOrMany(secrets.map(secretResource)))]),
  ]
}

/** Whichever key has the alias, which policies cannot name (KMS developer guide, "kms:ResourceAliases"). */
function lookBehindAliases(
  aliases: readonly string[],
  { partition, region, account }: Pick<PolicyArn, "partition" | "region" | "account">,
): Statement {
  return {
    ...allow("LookBehindTheAlias", "kms:DescribeKey", `arn:${partition}:kms:${region}:${account}:key/*`),
    Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": oneOrMany(aliases) } },
  }
}

/** An association has its own ARN (Service authorization reference, "Amazon Elastic Kubernetes Service"). */
function clusterStatements({ text, partition, region, account, resource }: PolicyArn): Statement[] {
  const name = resource.replace(/^cluster\//, "")
  const associations = `arn:${partition}:eks:${region}:${account}:podidentityassociation/${name}/*`
  return [
    allow("FindTheCluster", ["eks:DescribeCluster", "eks:ListPodIdentityAssociations"], text),
    allow("LookAtThePodsRole", "eks:DescribePodIdentityAssociation", associations),
    allow(
      "LookAtTheAgent",
      "eks:DescribeAddon",
      `arn:${partition}:eks:${region}:${account}:addon/${name}/eks-pod-identity-agent/*`,
    ),
  ]
}

function allow(Sid: string, Action: string | string[], Resource: string | readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource }
}
