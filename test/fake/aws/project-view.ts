import type { EnvironmentVariable, Place } from "./build-record.ts"
import { type Project, projectArn } from "./project.ts"

/** What CodeBuild says of a project (API reference, "Project"). */
export function projectView(project: Project, place: Place): object {
  const { name, sourceVersion, buildBatchConfig, concurrentBuildLimit } = project
  return {
    name,
    arn: projectArn(name, place.region, place.account),
    source: project.source,
    ...(sourceVersion !== undefined && { sourceVersion }),
    artifacts: { type: "NO_ARTIFACTS" },
    cache: { type: "NO_CACHE" },
    environment: environmentView(project, []),
    serviceRole: serviceRoleOf(project, place),
    encryptionKey: keyOf(place),
    timeoutInMinutes: 60,
    queuedTimeoutInMinutes: 480,
    tags: [],
    created: createdAt,
    lastModified: createdAt,
    badge: { badgeEnabled: false },
    ...(project.logsConfig !== undefined && { logsConfig: project.logsConfig }),
    ...(buildBatchConfig !== undefined && { buildBatchConfig }),
    ...(concurrentBuildLimit !== undefined && { concurrentBuildLimit }),
    projectVisibility: "PRIVATE",
    autoRetryLimit: project.autoRetryLimit ?? 0,
  }
}

const createdAt = 1767225600.123

/** The machine of a build, with the project's variables and those of the build over them. */
export function environmentView({ environment = {} }: Project, overrides: readonly EnvironmentVariable[]) {
  const { variables = {}, references = [] } = environment
  const plain = Object.entries(variables).map(([name, value]) => ({ name, value, type: "PLAINTEXT" }))
  const own = [...plain, ...references].filter(({ name }) => !overrides.some((one) => one.name === name))
  return {
    type: environment.type ?? "LINUX_CONTAINER",
    image: environment.image ?? "aws/codebuild/standard:7.0",
    computeType: environment.computeType ?? "BUILD_GENERAL1_SMALL",
    privilegedMode: environment.privilegedMode ?? false,
    imagePullCredentialsType: "CODEBUILD",
    environmentVariables: [...own, ...overrides],
  }
}

/** ARN of the role that a project's builds have. */
export function serviceRoleOf({ name, serviceRole }: Project, { account }: Place): string {
  return serviceRole ?? `arn:aws:iam::${account}:role/codebuild-${name}-service-role`
}

/** ARN of the key that artifacts are encrypted with. */
export function keyOf({ region, account }: Place): string {
  return `arn:aws:kms:${region}:${account}:alias/aws/s3`
}
