import type { Play } from "./build-play.ts"
import type { EnvironmentVariable } from "./build-record.ts"

/** What CodeBuild can build from. */
export const sourceTypes = [
  "BITBUCKET",
  "CODECOMMIT",
  "CODEPIPELINE",
  "GITHUB",
  "GITHUB_ENTERPRISE",
  "GITLAB",
  "GITLAB_SELF_MANAGED",
  "NO_SOURCE",
  "S3",
] as const

/** Where a project's logs go. Without it, to the group `/aws/codebuild/NAME`. */
export interface LogsConfig {
  readonly cloudWatchLogs?: {
    readonly status: "ENABLED" | "DISABLED"
    readonly groupName?: string
    /** What stands before a `/` and the build's id in the name of the stream. */
    readonly streamName?: string
  }
  readonly s3Logs?: {
    readonly status: "ENABLED" | "DISABLED"
    /** Bucket and prefix. */
    readonly location?: string
  }
}

/** What machines of CodeBuild are (CodeBuild API reference, "ProjectEnvironment"). */
export const environmentTypes = [
  "LINUX_CONTAINER",
  "ARM_CONTAINER",
  "LINUX_GPU_CONTAINER",
  "LINUX_EC2",
  "ARM_EC2",
  "WINDOWS_EC2",
  "WINDOWS_CONTAINER",
  "WINDOWS_SERVER_2019_CONTAINER",
  "WINDOWS_SERVER_2022_CONTAINER",
  "LINUX_LAMBDA_CONTAINER",
  "ARM_LAMBDA_CONTAINER",
  "MAC_ARM",
] as const

/** Those on which no Docker can be: a project must not ask for `privilegedMode` there. */
export const withoutDocker: readonly (typeof environmentTypes)[number][] = [
  "WINDOWS_CONTAINER",
  "WINDOWS_SERVER_2019_CONTAINER",
  "WINDOWS_SERVER_2022_CONTAINER",
  "WINDOWS_EC2",
  "LINUX_LAMBDA_CONTAINER",
  "ARM_LAMBDA_CONTAINER",
  "MAC_ARM",
]

/** How large those machines are. */
export const computeTypes = [
  "BUILD_GENERAL1_SMALL",
  "BUILD_GENERAL1_MEDIUM",
  "BUILD_GENERAL1_LARGE",
  "BUILD_GENERAL1_XLARGE",
  "BUILD_GENERAL1_2XLARGE",
  "BUILD_LAMBDA_1GB",
  "BUILD_LAMBDA_2GB",
  "BUILD_LAMBDA_4GB",
  "BUILD_LAMBDA_8GB",
  "BUILD_LAMBDA_10GB",
  "ATTRIBUTE_BASED_COMPUTE",
] as const

/** The machine of a build. */
export interface ProjectEnvironment {
  /** By default `LINUX_CONTAINER`. */
  readonly type?: (typeof environmentTypes)[number]
  /** By default `aws/codebuild/standard:7.0`. */
  readonly image?: string
  /** By default `BUILD_GENERAL1_SMALL`. */
  readonly computeType?: (typeof computeTypes)[number]
  readonly privilegedMode?: boolean
  readonly variables?: Readonly<Record<string, string>>
  /** Variables that name a parameter or a secret. */
  readonly references?: readonly EnvironmentVariable[]
}

/** What a source has, as far as a build depends on it. */
export interface SourceTree {
  /** Commits, branches and tags; without it, any is there. */
  readonly versions?: readonly string[]
  /** Paths; without it, any buildspec is there. */
  readonly files?: readonly string[]
}

/** A build project of the world's account and Region, with the builds that it will play. */
export interface Project {
  readonly name: string
  readonly source: {
    readonly type: (typeof sourceTypes)[number]
    readonly location?: string
    /** A path in the source, or the YAML itself. Without it, `buildspec.yml`. */
    readonly buildspec?: string
  }
  readonly tree?: SourceTree
  /** What is built when a build does not say. */
  readonly sourceVersion?: string
  readonly environment?: ProjectEnvironment
  readonly logsConfig?: LogsConfig
  /** By default `codebuild-NAME-service-role` of the account. */
  readonly serviceRole?: string
  /** Set for a project that can start batch builds. */
  readonly buildBatchConfig?: { readonly serviceRole: string }
  /** How often CodeBuild itself starts a failed build again. */
  readonly autoRetryLimit?: number
  /** How many builds may run at once; without it, any number. */
  readonly concurrentBuildLimit?: number
  /** One for each build in turn, those that CodeBuild starts itself among them. The last one repeats. */
  readonly plays: readonly Play[]
}

/** `arn:aws:codebuild:…:project/NAME` */
export function projectArn(name: string, region: string, account: string): string {
  return `arn:aws:codebuild:${region}:${account}:project/${name}`
}
