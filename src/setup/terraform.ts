import type { NewFile } from "./file.ts"
import { alignEquals, Expression, hclString, hclValue } from "./hcl.ts"
import { withReferences } from "./references.ts"
import { binaryRepository, type Stack, type StackRole } from "./stack.ts"

/** An environment's parts in AWS for Terraform and OpenTofu, with the provider `hashicorp/aws`. */
export function terraformFile(stack: Stack, folder: string): NewFile {
  const blocks = [
    head(stack, folder),
    ...variablesOf(stack),
    ...keyBlocks(stack),
    ...buildBlocks(stack),
    ...podBlocks(stack),
    ...deployerBlocks(stack),
    ...imageBlocks(stack),
    ...outputsOf(stack),
  ]
  return { path: `${folder}/main.tf`, text: blocks.join("\n"), executable: false }
}

function head({ site }: Stack, folder: string): string {
  const { app, environment, account, region, secret } = site
  return `# ${app} in ${environment}: review it, then
#
#     terraform -chdir=${folder} init && terraform -chdir=${folder} apply
#
# The same as cloudformation.yaml beside it: use one of the two.
# The secret ${secret} is not in it, so that no state has its values, and none takes them along when it is destroyed:
# \`envseal env add --create-secret\` makes it, without a value.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region              = ${hclString(region)}
  allowed_account_ids = [${hclString(account)}]
}
`
}

/** Members of a block by their names: data, or inner blocks. */
type Members = Readonly<Record<string, unknown>>

/** A block within another one. */
class Block {
  readonly members: Members

  constructor(members: Members) {
    this.members = members
  }
}

function variablesOf({ source, repository, site }: Stack): string[] {
  const variable = (name: string, description: string, initial: string | boolean | null) =>
    block("", `variable "${name}"`, {
      description,
      type: new Expression(typeof initial === "boolean" ? "bool" : "string"),
      ...(initial === null ? {} : { default: initial }),
    })
  return [
    variable("source_url", "Where the app's repository is.", source.url),
    ...(source.codeCommit === null
      ? [
          variable(
            "source_connection",
            "ARN of the connection (CodeConnections) that the repository is read with. Empty for one that anybody may read, or the account's own credentials for the host.",
            "",
          ),
        ]
      : []),
    variable("build_image", "The CodeBuild image.", "aws/codebuild/amazonlinux-x86_64-standard:5.0"),
    ...(repository === null
      ? []
      : [
          variable("create_repository", "Whether the repository for images is to be made.", repository.isNew),
        ]),
    ...(site.eks === null
      ? []
      : [
          variable(
            "deployer",
            "ARN of the role or user that deploys. A cluster has one entry for each: empty when it is there, and then the group goes into it.",
            "",
          ),
        ]),
  ]
}

function keyBlocks(stack: Stack): string[] {
  const { site, access } = stack
  return [
    block(
      "Who may encrypt and who may decrypt stands here; IAM alone can grant neither. A key that is deleted takes every\nimage with it.",
      'resource "aws_kms_key" "envelopes"',
      {
        description: `envseal: ${site.app} in ${site.environment}`,
        enable_key_rotation: true,
        deletion_window_in_days: 30,
        policy: json(stack, access.key),
        lifecycle: new Block({ prevent_destroy: true }),
      },
    ),
    block("What recipients in envseal.yaml name.", 'resource "aws_kms_alias" "envelopes"', {
      name: site.keyAlias,
      target_key_id: new Expression("aws_kms_key.envelopes.key_id"),
    }),
  ]
}

function buildBlocks(stack: Stack): string[] {
  const { access, buildPolicy, trust, buildRole, source, logGroup } = stack
  return [
    role(
      "The build: reads the secret, seals, and can open nothing.",
      "build",
      buildRole,
      json(stack, trust.build),
    ),
    inline("As `envseal policy build` prints it.", "seal", "build", json(stack, access.build)),
    inline("What a build does besides.", "build", "build", json(stack, buildPolicy)),
    ...(source.codeCommit === null ? [connectionPolicy(stack)] : []),
    block("", 'resource "aws_cloudwatch_log_group" "build"', { name: logGroup, retention_in_days: 90 }),
    project(stack),
  ]
}

const ifConnection = `var.source_connection == "" ? 0 : 1`

function connectionPolicy(stack: Stack): string {
  const actions = ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"]
  const statement = { Effect: "Allow", Action: actions, Resource: new Expression("var.source_connection") }
  return block("", 'resource "aws_iam_role_policy" "source"', {
    count: new Expression(ifConnection),
    name: "source",
    role: new Expression("aws_iam_role.build.id"),
    policy: json(stack, { Version: "2012-10-17", Statement: [statement] }),
  })
}

function project({ site, source }: Stack): string {
  const variable = (name: string, value: string) => new Block({ name, value })
  return block("Privileged, for Docker.", 'resource "aws_codebuild_project" "build"', {
    name: site.project,
    description: `Builds ${site.app} for ${site.environment}, its configuration sealed`,
    service_role: new Expression("aws_iam_role.build.arn"),
    source_version: site.source,
    build_timeout: 60,
    source: new Block({
      type: source.type,
      location: new Expression("var.source_url"),
      buildspec: "buildspec.yaml",
      ...(source.codeCommit === null
        ? {
            'dynamic "auth"': new Block({
              for_each: new Expression(`var.source_connection == "" ? [] : [var.source_connection]`),
              content: new Block({ type: "CODECONNECTIONS", resource: new Expression("auth.value") }),
            }),
          }
        : {}),
    }),
    artifacts: new Block({ type: "NO_ARTIFACTS" }),
    environment: new Block({
      type: "LINUX_CONTAINER",
      compute_type: "BUILD_GENERAL1_MEDIUM",
      image: new Expression("var.build_image"),
      privileged_mode: true,
      environment_variable: [
        variable("ENVSEAL_ENVIRONMENT", site.environment),
        variable("ENVSEAL_REPOSITORY", site.repository),
      ],
    }),
    logs_config: new Block({
      cloudwatch_logs: new Block({
        status: "ENABLED",
        group_name: new Expression("aws_cloudwatch_log_group.build.name"),
      }),
    }),
  })
}

function podBlocks(stack: Stack): string[] {
  const { access, trust, podRole, site } = stack
  const { eks, namespace, serviceAccount } = site
  const irsa = `With IRSA in place of Pod Identity, the Principal is Federated: ARN of the cluster's OIDC provider, the Action
sts:AssumeRoleWithWebIdentity, and the Condition StringEquals on PROVIDER:aud (sts.amazonaws.com) and PROVIDER:sub
(system:serviceaccount:${namespace}:${serviceAccount}), where PROVIDER is the provider's URL without https://.`
  return [
    role(
      `The app's pods: open what is sealed for them, and read no secret.\n${irsa}`,
      "pod",
      podRole,
      json(stack, trust.pod),
    ),
    inline("As `envseal policy pod` prints it.", "open", "pod", json(stack, access.pod)),
    ...(eks === null
      ? []
      : [
          block(
            "Without this, the role is nobody's. Not for IRSA.",
            'resource "aws_eks_pod_identity_association" "pod"',
            {
              cluster_name: eks,
              namespace,
              service_account: serviceAccount,
              role_arn: new Expression("aws_iam_role.pod.arn"),
            },
          ),
        ]),
  ]
}

function deployerBlocks(stack: Stack): string[] {
  const { access, deployerPolicy, deployerGroup, site } = stack
  return [
    block(
      "For the role of whoever deploys, as `envseal policy deployer` prints it: attach it there.",
      'resource "aws_iam_policy" "deployer"',
      { name: deployerPolicy, policy: json(stack, access.deployer) },
    ),
    ...(site.eks === null
      ? []
      : [
          block(
            "What the group may do in the cluster stands in role.yaml.",
            'resource "aws_eks_access_entry" "deployer"',
            {
              count: new Expression(`var.deployer == "" ? 0 : 1`),
              cluster_name: site.eks,
              principal_arn: new Expression("var.deployer"),
              kubernetes_groups: [deployerGroup],
            },
          ),
        ]),
  ]
}

function imageBlocks({ repository }: Stack): string[] {
  if (repository === null) return []
  return [
    block(
      `A tag stays with its image. The image with envseal's binary is in another repository, ${binaryRepository}.`,
      'resource "aws_ecr_repository" "images"',
      {
        count: new Expression("var.create_repository ? 1 : 0"),
        name: repository.name,
        image_tag_mutability: "IMMUTABLE",
        image_scanning_configuration: new Block({ scan_on_push: true }),
        lifecycle: new Block({ prevent_destroy: true }),
      },
    ),
  ]
}

function outputsOf({ deployerGroup, site }: Stack): string[] {
  const output = (name: string, description: string, value: unknown) =>
    block("", `output "${name}"`, { description, value })
  return [
    output(
      "key_arn",
      "For kmsKeys in envseal.yaml, and ENVSEAL_KMS_KEY in the pod templates",
      new Expression("aws_kms_key.envelopes.arn"),
    ),
    output(
      "deployer_policy_arn",
      "To attach to the role of whoever deploys",
      new Expression("aws_iam_policy.deployer.arn"),
    ),
    ...(site.eks === null
      ? []
      : [output("deployer_group", "Kubernetes group of whoever deploys", deployerGroup)]),
  ]
}

function role(comment: string, name: string, { name: roleName, path }: StackRole, trust: Expression): string {
  return block(comment, `resource "aws_iam_role" "${name}"`, {
    name: roleName,
    ...(path === "/" ? {} : { path }),
    assume_role_policy: trust,
  })
}

/** A policy apart from its role: the key needs the role, and the policy the key. */
function inline(comment: string, name: string, roleName: string, policy: Expression): string {
  return block(comment, `resource "aws_iam_role_policy" "${name}"`, {
    name,
    role: new Expression(`aws_iam_role.${roleName}.id`),
    policy,
  })
}

/** A policy, with what Terraform makes in the place of its ARN. */
function json({ key, buildRole, podRole }: Stack, policy: object): Expression {
  const references = new Map([
    [key, new Expression("aws_kms_key.envelopes.arn")],
    [buildRole.arn, new Expression("aws_iam_role.build.arn")],
    [podRole.arn, new Expression("aws_iam_role.pod.arn")],
  ])
  return new Expression(`jsonencode(${hclValue(withReferences(policy, references), "  ")})`)
}

function block(comment: string, title: string, members: Members): string {
  const lines = comment === "" ? [] : comment.split("\n").map((line) => `# ${line}\n`)
  return `${lines.join("")}${title} {\n${bodyOf(members, "  ")}}\n`
}

/** Arguments of one line, then each of several lines and each inner block with an empty line before it. */
function bodyOf(members: Members, indent: string): string {
  const entries = Object.entries(members)
  const values = entries.flatMap(([name, value]) =>
    blocksOf(value) === null ? [{ name, value: hclValue(value, indent) }] : [],
  )
  const short = alignEquals(values.filter(({ value }) => !value.includes("\n")))
  const long = values
    .filter(({ value }) => value.includes("\n"))
    .map(({ name, value }) => `${name} = ${value}`)
  const inner = entries.flatMap(([name, value]) =>
    (blocksOf(value) ?? []).map(({ members: own }) => `${name} {\n${bodyOf(own, `${indent}  `)}${indent}}`),
  )
  const groups = [
    short.map((line) => `${indent}${line}\n`).join(""),
    ...[...long, ...inner].map((text) => `${indent}${text}\n`),
  ]
  return groups.filter((group) => group !== "").join("\n")
}

function blocksOf(value: unknown): readonly Block[] | null {
  if (value instanceof Block) return [value]
  return Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Block)
    ? value
    : null
}
