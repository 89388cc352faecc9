/** Status of a build or of a phase of it, as CodeBuild spells them (CodeBuild API reference, "Build"). */
export type BuildStatus = "SUCCEEDED" | "FAILED" | "FAULT" | "TIMED_OUT" | "IN_PROGRESS" | "STOPPED"

/** One phase that has begun. */
export interface BuildPhase {
  /** `SUBMITTED`, `QUEUED`, `PROVISIONING`, … `COMPLETED`. */
  readonly type: string
  /** `null` while it runs. */
  readonly status: BuildStatus | null
  /** Whole seconds; `null` while it runs. */
  readonly seconds: number | null
  /** What the service says of a failure, such as `COMMAND_EXECUTION_ERROR` and its message. */
  readonly messages: readonly string[]
}

/** Where the lines of a build's log are. */
export type LogLocation =
  | { readonly type: "stream"; readonly group: string; readonly stream: string }
  /** It will be known once the build has its machine. */
  | { readonly type: "pending" }
  /** The project sends its log to S3 alone, or nowhere. */
  | { readonly type: "elsewhere"; readonly where: string }

/** A build as it was last seen. Nothing in it is secret. */
export interface Build {
  /** Such as `shop:1b2c…`. */
  readonly id: string
  readonly project: string
  readonly number: number | null
  readonly status: BuildStatus
  /** True once nothing of it changes any more; `status` alone does not tell. */
  readonly complete: boolean
  readonly currentPhase: string
  readonly phases: readonly BuildPhase[]
  /** Milliseconds since the epoch, by the service's clock. */
  readonly startedAtMs: number
  /** `null` until it is complete. */
  readonly endedAtMs: number | null
  /** The commit that was built; `null` until the source is there, and for sources that have none. */
  readonly commit: string | null
  readonly exported: Readonly<Record<string, string>>
  readonly log: LogLocation
  /** A page of the console. */
  readonly url: string | null
  /** The build that the service started in the place of this one, which failed; `null` when there is none. */
  readonly retriedAs: string | null
  /** How often the service will still start it again by itself when it fails (autoRetryLimit less autoRetryNumber). */
  readonly retriesLeft: number
  /** Whether it is a part of a batch build. */
  readonly batch: boolean
  /** The digest that it was told to reseal, by {@link resealVariable}; `null` for one that builds. */
  readonly reseals: string | null
}

/** The variable of a build that names the image which carries envseal. */
export const carrierVariable = "ENVSEAL_BINARY"

/** The variable by which a build is told to reseal the image of this digest, and to build none. */
export const resealVariable = "ENVSEAL_RESEAL_FROM"

/** The build project. */
export interface BuildProject {
  readonly name: string
  readonly arn: string
  /** As CodeBuild spells it: `GITHUB`, `CODECOMMIT`, `S3`, `CODEPIPELINE`, `NO_SOURCE` … */
  readonly sourceType: string
  /** URL of the repository, where there is one. */
  readonly sourceLocation: string | null
  /** Path of its buildspec, or the buildspec itself; `null` for `buildspec.yml` at the top of the source. */
  readonly buildspec: string | null
  /** Whether it starts batch builds, which envseal does not follow. */
  readonly batch: boolean
  /** ARN of the role that its builds have. */
  readonly serviceRole: string | null
  /** Whether its builds may run Docker. */
  readonly privileged: boolean
  /** What its builds run in, such as `aws/codebuild/standard:8.0`. */
  readonly image: string | null
  /**
   * Its {@link carrierVariable}, with its type as CodeBuild spells it:
   * with another than `PLAINTEXT` its value is a name. `null` when the project has none.
   */
  readonly carrier: { readonly value: string; readonly type: string } | null
  /** Its variables that name a secret or a parameter. Values of its other variables are not kept. Left out for none. */
  readonly references?: readonly { readonly name: string; readonly value: string }[]
}

/** An image as its registry knows it. */
export interface RegistryImage {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string
  readonly tags: readonly string[]
  /** Milliseconds since the epoch, by the registry's clock. */
  readonly pushedAtMs: number
  readonly status: "ACTIVE" | "ARCHIVED" | "ACTIVATING"
}
