import { Block, block, Expression, hclValue } from "./hcl.ts"
import { withReferences } from "./references.ts"
import type { Stack, StackRole } from "./stack.ts"
import { podRoleWords, stackWords } from "./stack-words.ts"

const tags = new Expression("var.tags")

/** Every resource as a block, with what is to be known of it. */
export function resourceBlocks(stack: Stack): string[] {
  return [
    ...(stack.makesKey ? keyBlocks(stack) : []),
    ...buildBlocks(stack),
    ...podBlocks(stack),
    ...deployerBlocks(stack),
    ...imageBlocks(stack),
  ]
}

function keyBlocks(stack: Stack): string[] {
  const { site, access } = stack
  return [
    block(stackWords.key, 'resource "aws_kms_key" "envelopes"', {
      description: `envseal: ${site.app} in ${site.environment}`,
      enable_key_rotation: true,
      deletion_window_in_days: 30,
      tags,
      policy: json(stack, access.key),
      lifecycle: new Block({ prevent_destroy: true }),
    }),
    block(stackWords.keyAlias, 'resource "aws_kms_alias" "envelopes"', {
      name: site.keyAlias,
      target_key_id: new Expression("aws_kms_key.envelopes.key_id"),
    }),
  ]
}

function buildBlocks(stack: Stack): string[] {
  const { access, buildPolicy, trust, buildRole, source, logGroup } = stack
  return [
    role(stackWords.buildRole, "build", buildRole, json(stack, trust.build)),
    inline(stackWords.sealPolicy, "seal", "build", json(stack, access.build)),
    inline(stackWords.buildPolicy, "build", "build", json(stack, buildPolicy)),
    ...(source.codeCommit === null ? [connectionPolicy(stack)] : []),
    block("", 'resource "aws_cloudwatch_log_group" "build"', { name: logGroup, retention_in_days: 90, tags }),
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

function project({ site, source, variables }: Stack): string {
  const variable = (name: string, value: string) => new Block({ name, value })
  return block(stackWords.project, 'resource "aws_codebuild_project" "build"', {
    name: site.project,
    description: `Builds ${site.app} for ${site.environment}, its configuration sealed`,
    service_role: new Expression("aws_iam_role.build.arn"),
    source_version: site.source,
    build_timeout: 60,
    tags,
    // CodeBuild takes a connection only from a role that may use it.
    ...(source.codeCommit === null ? { depends_on: [new Expression("aws_iam_role_policy.source")] } : {}),
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
      environment_variable: Object.entries(variables).map(([name, value]) => variable(name, value)),
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
  return [
    role(podRoleWords(site), "pod", podRole, json(stack, trust.pod)),
    inline(stackWords.openPolicy, "open", "pod", json(stack, access.pod)),
    ...(eks === null
      ? []
      : [
          block(stackWords.podIdentity, 'resource "aws_eks_pod_identity_association" "pod"', {
            cluster_name: eks,
            namespace,
            service_account: serviceAccount,
            role_arn: new Expression("aws_iam_role.pod.arn"),
            tags,
          }),
        ]),
  ]
}

function deployerBlocks(stack: Stack): string[] {
  const { access, deployerPolicy, deployerGroup, site } = stack
  return [
    block(stackWords.deployerPolicy, 'resource "aws_iam_policy" "deployer"', {
      name: deployerPolicy,
      tags,
      policy: json(stack, access.deployer),
    }),
    ...(site.eks === null
      ? []
      : [
          block(stackWords.deployerEntry, 'resource "aws_eks_access_entry" "deployer"', {
            count: new Expression(`var.deployer == "" ? 0 : 1`),
            cluster_name: site.eks,
            principal_arn: new Expression("var.deployer"),
            tags,
            kubernetes_groups: [deployerGroup],
          }),
        ]),
  ]
}

function imageBlocks({ repository }: Stack): string[] {
  if (repository === null) return []
  return [
    block(stackWords.repository, 'resource "aws_ecr_repository" "images"', {
      count: new Expression("var.create_repository ? 1 : 0"),
      name: repository.name,
      image_tag_mutability: "IMMUTABLE",
      tags,
      image_scanning_configuration: new Block({ scan_on_push: true }),
      lifecycle: new Block({ prevent_destroy: true }),
    }),
  ]
}

function role(comment: string, name: string, { name: roleName, path }: StackRole, trust: Expression): string {
  return block(comment, `resource "aws_iam_role" "${name}"`, {
    name: roleName,
    ...(path === "/" ? {} : { path }),
    permissions_boundary: new Expression("var.permissions_boundary"),
    tags,
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
function json({ key, makesKey, buildRole, podRole }: Stack, policy: object): Expression {
  const references = new Map([
    ...(makesKey ? [[key, new Expression("aws_kms_key.envelopes.arn")] as const] : []),
    [buildRole.arn, new Expression("aws_iam_role.build.arn")],
    [podRole.arn, new Expression("aws_iam_role.pod.arn")],
  ])
  return new Expression(`jsonencode(${hclValue(withReferences(policy, references), "  ")})`)
}
