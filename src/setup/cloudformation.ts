import { stringify } from "yaml"
import type { NewFile } from "./file.ts"
import { type References, withReferences } from "./references.ts"
import type { Site } from "./site.ts"
import { binaryRepository, type Stack, type StackRole } from "./stack.ts"

/** A part of the template, and what is to be known of it. */
interface Entry {
  readonly comment: string
  readonly name: string
  readonly value: object
}

/** An environment's parts in AWS as a template of CloudFormation. */
export function cloudFormationFile(stack: Stack, folder: string): NewFile {
  const path = `${folder}/cloudformation.yaml`
  const refer = <T extends object>(value: T): object => Object(withReferences(value, referencesOf(stack)))
  const text = [
    header(stack, path),
    block({
      AWSTemplateFormatVersion: "2010-09-09",
      Description: `What envseal needs for ${stack.site.app} in ${stack.site.environment}`,
    }),
    section("Parameters", parametersOf(stack)),
    block({ Conditions: conditionsOf(stack) }),
    section("Resources", resourcesOf(stack, refer)),
    block({ Outputs: outputsOf(stack) }),
  ]
  return { path, text: text.join("\n"), executable: false }
}

function header({ site }: Stack, path: string): string {
  const { app, environment, account, region, secret } = site
  return `# ${app} in ${environment}: review it, then
#
#     aws cloudformation deploy --region ${region} --stack-name ${stackName(site)} \\
#       --template-file ${path} --capabilities CAPABILITY_NAMED_IAM
#
# with credentials of account ${account}. The same as main.tf beside it: use one of the two.
# The secret ${secret} is not in it, so that no stack has its values, and none takes them along when it is deleted:
# \`envseal env add --create-secret\` makes it, without a value.
`
}

/** Letters, digits and dashes alone. */
export function stackName({ app, environment }: Site): string {
  return `envseal-${app}-${environment}`.replace(/[^A-Za-z0-9-]+/g, "-")
}

function referencesOf({ key, buildRole, podRole }: Stack): References<object> {
  return new Map<string, object>([
    [key, getArn("Key")],
    [buildRole.arn, getArn("BuildRole")],
    [podRole.arn, getArn("PodRole")],
  ])
}

function parametersOf({ source, repository, site }: Stack): Entry[] {
  const text = (value: string | null) => ({ Type: "String", ...(value === null ? {} : { Default: value }) })
  return [
    entry("Where the app's repository is.", "SourceUrl", text(source.url)),
    ...(source.codeCommit === null
      ? [
          entry(
            "ARN of the connection (CodeConnections) that the repository is read with. Empty for one that\nanybody may read, or the account's own credentials for the host.",
            "SourceConnection",
            text(""),
          ),
        ]
      : []),
    entry("The CodeBuild image.", "BuildImage", text("aws/codebuild/amazonlinux-x86_64-standard:5.0")),
    ...(repository === null
      ? []
      : [
          entry("Whether the repository for images is to be made.", "CreateRepository", {
            ...text(String(repository.isNew)),
            AllowedValues: ["true", "false"],
          }),
        ]),
    ...(site.eks === null
      ? []
      : [
          entry(
            "ARN of the role or user that deploys. A cluster has one entry for each: empty when it is there, and then\nthe group below goes into it.",
            "Deployer",
            text(""),
          ),
        ]),
  ]
}

function conditionsOf({ source, repository, site }: Stack): object {
  const isGiven = (name: string) => ({ "Fn::Not": [{ "Fn::Equals": [{ Ref: name }, ""] }] })
  return {
    ...(source.codeCommit === null ? { HasConnection: isGiven("SourceConnection") } : {}),
    ...(repository === null
      ? {}
      : { MakesRepository: { "Fn::Equals": [{ Ref: "CreateRepository" }, "true"] } }),
    ...(site.eks === null ? {} : { HasDeployer: isGiven("Deployer") }),
  }
}

type Refer = (value: object) => object

function resourcesOf(stack: Stack, refer: Refer): Entry[] {
  return [
    ...keyResources(stack, refer),
    ...buildResources(stack, refer),
    ...podResources(stack, refer),
    ...deployerResources(stack, refer),
    ...imageResources(stack),
  ]
}

function keyResources({ site, access }: Stack, refer: Refer): Entry[] {
  return [
    entry(
      "Who may encrypt and who may decrypt stands here; IAM alone can grant neither. A key that is deleted takes every\nimage with it, so it outlives the stack.",
      "Key",
      {
        Type: "AWS::KMS::Key",
        DeletionPolicy: "Retain",
        UpdateReplacePolicy: "Retain",
        Properties: {
          Description: `envseal: ${site.app} in ${site.environment}`,
          EnableKeyRotation: true,
          PendingWindowInDays: 30,
          KeyPolicy: refer(access.key),
        },
      },
    ),
    entry("What recipients in envseal.yaml name.", "KeyAlias", {
      Type: "AWS::KMS::Alias",
      Properties: { AliasName: site.keyAlias, TargetKeyId: { Ref: "Key" } },
    }),
  ]
}

function buildResources(stack: Stack, refer: Refer): Entry[] {
  const { access, buildPolicy, trust, buildRole, source, logGroup } = stack
  return [
    entry(
      "The build: reads the secret, seals, and can open nothing.",
      "BuildRole",
      role(buildRole, trust.build),
    ),
    entry(
      "As `envseal policy build` prints it.",
      "SealPolicy",
      inline("BuildRole", "seal", refer(access.build)),
    ),
    entry("What a build does besides.", "BuildPolicy", inline("BuildRole", "build", buildPolicy)),
    ...(source.codeCommit === null ? [connectionPolicy()] : []),
    entry("", "BuildLog", {
      Type: "AWS::Logs::LogGroup",
      DeletionPolicy: "Delete",
      UpdateReplacePolicy: "Delete",
      Properties: { LogGroupName: logGroup, RetentionInDays: 90 },
    }),
    entry("Privileged, for Docker.", "Project", project(stack)),
  ]
}

function connectionPolicy(): Entry {
  const actions = ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"]
  const statement = { Effect: "Allow", Action: actions, Resource: { Ref: "SourceConnection" } }
  const document = { Version: "2012-10-17", Statement: [statement] }
  return entry("", "SourcePolicy", { ...inline("BuildRole", "source", document), Condition: "HasConnection" })
}

function project({ site, source }: Stack): object {
  const auth = { Type: "CODECONNECTIONS", Resource: { Ref: "SourceConnection" } }
  const variable = (Name: string, Value: string) => ({ Name, Value, Type: "PLAINTEXT" })
  return {
    Type: "AWS::CodeBuild::Project",
    Properties: {
      Name: site.project,
      Description: `Builds ${site.app} for ${site.environment}, its configuration sealed`,
      ServiceRole: getArn("BuildRole"),
      Source: {
        Type: source.type,
        Location: { Ref: "SourceUrl" },
        BuildSpec: "buildspec.yaml",
        ...(source.codeCommit === null
          ? { Auth: { "Fn::If": ["HasConnection", auth, { Ref: "AWS::NoValue" }] } }
          : {}),
      },
      SourceVersion: site.source,
      Artifacts: { Type: "NO_ARTIFACTS" },
      Environment: {
        Type: "LINUX_CONTAINER",
        ComputeType: "BUILD_GENERAL1_MEDIUM",
        Image: { Ref: "BuildImage" },
        PrivilegedMode: true,
        EnvironmentVariables: [
          variable("ENVSEAL_ENVIRONMENT", site.environment),
          variable("ENVSEAL_REPOSITORY", site.repository),
        ],
      },
      LogsConfig: { CloudWatchLogs: { Status: "ENABLED", GroupName: { Ref: "BuildLog" } } },
      TimeoutInMinutes: 60,
    },
  }
}

function podResources({ access, trust, podRole, site }: Stack, refer: Refer): Entry[] {
  const { eks, namespace, serviceAccount } = site
  const irsa = `With IRSA in place of Pod Identity, the Principal is Federated: ARN of the cluster's OIDC provider, the Action
sts:AssumeRoleWithWebIdentity, and the Condition StringEquals on PROVIDER:aud (sts.amazonaws.com) and PROVIDER:sub
(system:serviceaccount:${namespace}:${serviceAccount}), where PROVIDER is the provider's URL without https://.`
  return [
    entry(
      `The app's pods: open what is sealed for them, and read no secret.\n${irsa}`,
      "PodRole",
      role(podRole, trust.pod),
    ),
    entry("As `envseal policy pod` prints it.", "OpenPolicy", inline("PodRole", "open", refer(access.pod))),
    ...(eks === null
      ? []
      : [
          entry("Without this, the role is nobody's. Not for IRSA.", "PodIdentity", {
            Type: "AWS::EKS::PodIdentityAssociation",
            Properties: {
              ClusterName: eks,
              Namespace: namespace,
              ServiceAccount: serviceAccount,
              RoleArn: getArn("PodRole"),
            },
          }),
        ]),
  ]
}

function deployerResources(stack: Stack, refer: Refer): Entry[] {
  const { access, deployerPolicy, deployerGroup, site } = stack
  return [
    entry(
      "For the role of whoever deploys, as `envseal policy deployer` prints it: attach it there.",
      "DeployerPolicy",
      {
        Type: "AWS::IAM::ManagedPolicy",
        Properties: { ManagedPolicyName: deployerPolicy, PolicyDocument: refer(access.deployer) },
      },
    ),
    ...(site.eks === null
      ? []
      : [
          entry("What the group may do in the cluster stands in role.yaml.", "DeployerEntry", {
            Type: "AWS::EKS::AccessEntry",
            Condition: "HasDeployer",
            Properties: {
              ClusterName: site.eks,
              PrincipalArn: { Ref: "Deployer" },
              KubernetesGroups: [deployerGroup],
            },
          }),
        ]),
  ]
}

function imageResources({ repository }: Stack): Entry[] {
  if (repository === null) return []
  return [
    entry(
      `A tag stays with its image. The image with envseal's binary is in another repository, ${binaryRepository}.`,
      "Repository",
      {
        Type: "AWS::ECR::Repository",
        Condition: "MakesRepository",
        DeletionPolicy: "Retain",
        UpdateReplacePolicy: "Retain",
        Properties: {
          RepositoryName: repository.name,
          ImageTagMutability: "IMMUTABLE",
          ImageScanningConfiguration: { ScanOnPush: true },
        },
      },
    ),
  ]
}

function outputsOf({ deployerGroup, site }: Stack): object {
  const output = (Description: string, Value: unknown) => ({ Description, Value })
  return {
    KeyArn: output("For kmsKeys in envseal.yaml, and ENVSEAL_KMS_KEY in the pod templates", getArn("Key")),
    DeployerPolicyArn: output("To attach to the role of whoever deploys", { Ref: "DeployerPolicy" }),
    ...(site.eks === null
      ? {}
      : { DeployerGroup: output("Kubernetes group of whoever deploys", deployerGroup) }),
  }
}

function role({ name, path }: StackRole, trust: object): object {
  const properties = { RoleName: name, ...(path === "/" ? {} : { Path: path }) }
  return { Type: "AWS::IAM::Role", Properties: { ...properties, AssumeRolePolicyDocument: trust } }
}

/** A policy apart from its role: the key needs the role, and the policy the key. */
function inline(roleName: string, PolicyName: string, PolicyDocument: object): object {
  return {
    Type: "AWS::IAM::RolePolicy",
    Properties: { RoleName: { Ref: roleName }, PolicyName, PolicyDocument },
  }
}

function getArn(name: string): object {
  return { "Fn::GetAtt": [name, "Arn"] }
}

function entry(comment: string, name: string, value: object): Entry {
  return { comment, name, value }
}

function section(title: string, entries: readonly Entry[]): string {
  const body = entries.map(({ comment, name, value }) => {
    const lines = comment === "" ? [] : comment.split("\n").map((line) => `# ${line}\n`)
    return indented(lines.join("") + block({ [name]: value }))
  })
  return `${title}:\n${body.join("\n")}`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ")
}

/** Read by CloudFormation as YAML 1.1, in which `on` is no text. */
function block(value: object): string {
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false })
}
