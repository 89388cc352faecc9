import type { Stack, StackRole } from "./stack.ts"
import { podRoleWords, stackWords } from "./stack-words.ts"

/** A part of the template, and what is to be known of it. */
export interface TemplateEntry {
  /** Lines; empty for none. */
  readonly comment: string
  readonly name: string
  readonly value: object
}

/** Puts what the template makes in the place of its ARN. */
export type Refer = (value: object) => object

/** Every resource, with what is to be known of it. */
export function resourcesOf(stack: Stack, refer: Refer): TemplateEntry[] {
  return [
    ...(stack.makesKey ? keyResources(stack, refer) : []),
    ...buildResources(stack, refer),
    ...podResources(stack, refer),
    ...deployerResources(stack, refer),
    ...imageResources(stack),
  ]
}

function keyResources({ site, access }: Stack, refer: Refer): TemplateEntry[] {
  return [
    entry(stackWords.key, "Key", {
      Type: "AWS::KMS::Key",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        Description: `envseal: ${site.app} in ${site.environment}`,
        EnableKeyRotation: true,
        PendingWindowInDays: 30,
        KeyPolicy: refer(access.key),
      },
    }),
    entry(stackWords.keyAlias, "KeyAlias", {
      Type: "AWS::KMS::Alias",
      Properties: { AliasName: site.keyAlias, TargetKeyId: { Ref: "Key" } },
    }),
  ]
}

function buildResources(stack: Stack, refer: Refer): TemplateEntry[] {
  const { access, trust, buildRole, logGroup } = stack
  return [
    entry(stackWords.buildRole, "BuildRole", role(buildRole, trust.build)),
    entry(stackWords.sealPolicy, "SealPolicy", inline("BuildRole", "seal", refer(access.build))),
    entry(stackWords.buildPolicy, "BuildPolicy", inline("BuildRole", "build", withConnection(stack))),
    entry("", "BuildLog", {
      Type: "AWS::Logs::LogGroup",
      DeletionPolicy: "Delete",
      UpdateReplacePolicy: "Delete",
      Properties: { LogGroupName: logGroup, RetentionInDays: 90 },
    }),
    entry(stackWords.project, "Project", project(stack)),
  ]
}

/** Reading the source by a connection is a statement that is there when the connection is. */
function withConnection({ buildPolicy, source }: Stack): object {
  if (source.codeCommit !== null) return buildPolicy
  const Action = ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"]
  const statement = { Sid: "ReadTheSource", Effect: "Allow", Action, Resource: { Ref: "SourceConnection" } }
  const given = { "Fn::If": ["HasConnection", statement, { Ref: "AWS::NoValue" }] }
  return { ...buildPolicy, Statement: [...buildPolicy.Statement, given] }
}

function project({ site, source, variables }: Stack): object {
  const auth = { Type: "CODECONNECTIONS", Resource: { Ref: "SourceConnection" } }
  const variable = (Name: string, Value: string) => ({ Name, Value, Type: "PLAINTEXT" })
  return {
    Type: "AWS::CodeBuild::Project",
    // CodeBuild takes a connection only from a role that may use it.
    DependsOn: "BuildPolicy",
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
        EnvironmentVariables: Object.entries(variables).map(([name, value]) => variable(name, value)),
      },
      LogsConfig: { CloudWatchLogs: { Status: "ENABLED", GroupName: { Ref: "BuildLog" } } },
      TimeoutInMinutes: 60,
    },
  }
}

function podResources({ access, trust, podRole, site }: Stack, refer: Refer): TemplateEntry[] {
  const { eks, namespace, serviceAccount } = site
  return [
    entry(podRoleWords(site), "PodRole", role(podRole, trust.pod)),
    entry(stackWords.openPolicy, "OpenPolicy", inline("PodRole", "open", refer(access.pod))),
    ...(eks === null
      ? []
      : [
          entry(stackWords.podIdentity, "PodIdentity", {
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

function deployerResources(stack: Stack, refer: Refer): TemplateEntry[] {
  const { access, deployerPolicy, deployerGroup, site } = stack
  return [
    entry(stackWords.deployerPolicy, "DeployerPolicy", {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: { ManagedPolicyName: deployerPolicy, PolicyDocument: refer(access.deployer) },
    }),
    ...(site.eks === null
      ? []
      : [
          entry(stackWords.deployerEntry, "DeployerEntry", {
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

function imageResources({ repository }: Stack): TemplateEntry[] {
  if (repository === null) return []
  return [
    entry(stackWords.repository, "Repository", {
      Type: "AWS::ECR::Repository",
      Condition: "MakesRepository",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        RepositoryName: repository.name,
        ImageTagMutability: "IMMUTABLE",
        ImageScanningConfiguration: { ScanOnPush: true },
      },
    }),
  ]
}

function role({ name, path }: StackRole, trust: object): object {
  const properties = {
    RoleName: name,
    ...(path === "/" ? {} : { Path: path }),
    PermissionsBoundary: {
      "Fn::If": ["HasBoundary", { Ref: "PermissionsBoundary" }, { Ref: "AWS::NoValue" }],
    },
  }
  return { Type: "AWS::IAM::Role", Properties: { ...properties, AssumeRolePolicyDocument: trust } }
}

/** A policy apart from its role: the key needs the role, and the policy the key. */
function inline(roleName: string, PolicyName: string, PolicyDocument: object): object {
  return {
    Type: "AWS::IAM::RolePolicy",
    Properties: { RoleName: { Ref: roleName }, PolicyName, PolicyDocument },
  }
}

/** The ARN of a resource of the template. */
export function getArn(name: string): object {
  return { "Fn::GetAtt": [name, "Arn"] }
}

function entry(comment: string, name: string, value: object): TemplateEntry {
  return { comment, name, value }
}
