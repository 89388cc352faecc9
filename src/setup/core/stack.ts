import { type PolicyDocument, policyDocument, type Statement } from "../../core/iam.ts"
import { partitionOf } from "../../core/region.ts"
import { type Access, keyIdPlaceholder, type TrustPolicy, trustOfBuild, trustOfPods } from "./access.ts"
import { roleArnOf, type Site } from "./site.ts"
import { type SourceLocation, sourceLocationOf } from "./source-location.ts"

/** What an environment is made of in AWS: the same for every tool that makes it. */
export interface Stack {
  readonly site: Site
  /** ARN of the KMS key, with a placeholder for the id of one that is still to be made. */
  readonly key: string
  /** Whether that is still to be made. The policy of one that is there is for its maker to change. */
  readonly makesKey: boolean
  readonly buildRole: StackRole
  readonly podRole: StackRole
  readonly access: Access
  /** What a build does besides sealing: its log, the image, the source of CodeCommit. */
  readonly buildPolicy: PolicyDocument
  readonly trust: { readonly build: TrustPolicy; readonly pod: TrustPolicy }
  readonly source: SourceLocation
  readonly logGroup: string
  /** Plain variables of every build, by name. */
  readonly variables: Readonly<Record<string, string>>
  /** `null` when images are not in ECR of this account and Region. */
  readonly repository: StackRepository | null
  readonly deployerPolicy: string
  readonly deployerGroup: string
}

export interface StackRole {
  readonly arn: string
  readonly name: string
  /** Begins and ends with `/`. */
  readonly path: string
}

export interface StackRepository {
  readonly arn: string
  readonly name: string
  /** Whether the environment is the first that needs it. */
  readonly isNew: boolean
}

/** What of a stack is not in a {@link Site}. */
export interface StackImages {
  /** Whether the repository for the app's images is there already, for another environment. */
  readonly hasRepository: boolean
  /** The image that carries envseal; `null` when nobody has pushed it yet. */
  readonly binaryImage: string | null
  /** Plain variables of every build that the settings have; none when left out. */
  readonly variables?: Readonly<Record<string, string>>
}

/** The name of the ECR repository that the image with envseal's binary is in, if nothing else is said. */
export const binaryRepository = "envseal"

export function stackOf(site: Site, access: Access, images: StackImages): Stack {
  const { hasRepository, binaryImage, variables = {} } = images
  const arnOf = (service: string, resource: string, region = site.region) =>
    `arn:${partitionOf(site.region)}:${service}:${region}:${site.account}:${resource}`
  const logGroup = `/aws/codebuild/${site.project}`
  const source = sourceLocationOf(site.sourceUrl, (region, name) => arnOf("codecommit", name, region))
  const image = repositoryIn(site.repository)
  const binary =
    binaryImage === null
      ? arnOf("ecr", `repository/${binaryRepository}`)
      : (repositoryIn(binaryImage.replace(/[:@].*$/, ""))?.arn ?? null)
  const { namespace, serviceAccount, eks } = site
  return {
    site,
    key: keyArnOf(site),
    makesKey: site.kmsKey === null,
    buildRole: roleOf(roleArnOf(site, site.buildRole)),
    podRole: roleOf(roleArnOf(site, site.podRole)),
    access,
    buildPolicy: policyDocument([
      ...writeLog(arnOf("logs", `log-group:${logGroup}`)),
      ...(image === null ? [] : pushImage(image.arn, binary)),
      ...(source.codeCommit === null
        ? []
        : [allow("ReadTheSource", "codecommit:GitPull", source.codeCommit)]),
    ]),
    trust: {
      build: trustOfBuild(arnOf("codebuild", `project/${site.project}`)),
      pod: trustOfPods({
        namespace,
        serviceAccount,
        cluster: eks === null ? null : arnOf("eks", `cluster/${eks}`),
      }),
    },
    source,
    logGroup,
    variables: {
      ...variables,
      ENVSEAL_ENVIRONMENT: site.environment,
      ENVSEAL_REPOSITORY: site.repository,
    },
    repository:
      image?.account === site.account && image.region === site.region
        ? { arn: image.arn, name: image.name, isNew: !hasRepository }
        : null,
    deployerPolicy: `${site.project}-deploy`,
    deployerGroup: deployerGroupOf(site),
  }
}

/** ARN of the environment's KMS key. While there is none, its id is {@link keyIdPlaceholder}. */
export function keyArnOf({ kmsKey, region, account }: Site): string {
  return kmsKey ?? `arn:${partitionOf(region)}:kms:${region}:${account}:key/${keyIdPlaceholder}`
}

/** The group in the cluster whose members deploy this environment, and no other. */
export function deployerGroupOf({ namespace }: Pick<Site, "namespace">): string {
  return `${namespace}-deployers`
}

function roleOf(arn: string): StackRole {
  const [, path = "/", name = ""] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? []
  return { arn, name, path }
}

/** The parts of an ECR repository (ECR user guide, "Private registry authentication"); `null` for another registry. */
function repositoryIn(repository: string) {
  const grammar = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/
  const [, account, region, name] = grammar.exec(repository) ?? []
  if (account === undefined || region === undefined || name === undefined) return null
  return {
    account,
    region,
    name,
    arn: `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`,
  }
}

function allow(Sid: string, Action: string | string[], Resource: string): Statement {
  return { Sid, Effect: "Allow", Action, Resource }
}

function writeLog(group: string): Statement[] {
  return [allow("WriteTheLog", ["logs:CreateLogStream", "logs:PutLogEvents"], `${group}:*`)]
}

/**
 * ECR user guide, "IAM permissions for pushing an image". Signing in is for a whole account.
 *
 * @param binary ARN of the repository that envseal is pulled from; `null` for one that is not of ECR.
 */
function pushImage(image: string, binary: string | null): Statement[] {
  return [
    allow("SignInToTheRegistry", "ecr:GetAuthorizationToken", "*"),
    allow(
      "PushTheImage",
      [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      image,
    ),
    ...(binary === null
      ? []
      : [allow("PullEnvseal", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], binary)]),
  ]
}
