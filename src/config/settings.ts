import type { WorkloadRef } from "../core/workload.ts"

/**
 * One environment of `envseal.yaml` with its defaults filled in. A section that the file does not have is `null`, a
 * list that it does not have is empty. Nothing in it is secret.
 */
export interface EnvironmentSettings {
  readonly name: string
  readonly app: string
  /** Where its entry stands, such as `envseal.yaml:12:3`. */
  readonly place: string
  /**
   * Where each setting that is written stands, by its path in the environment, such as `build.project` or
   * `workloads.0`.
   */
  readonly places: Readonly<Record<string, string>>
  /** Twelve digits. */
  readonly account: string | null
  readonly region: string | null
  /** The AWS profile to use on a laptop. */
  readonly profile: string | null
  /** The profile that the command line names: it goes before all other credentials. No file has it. */
  readonly givenProfile?: string
  /** Names or ARNs in Secrets Manager, each with `#STAGE` or `#VERSION-ID` where it has one; a later one wins. */
  readonly secrets: readonly string[]
  readonly require: RequireSettings | null
  readonly setEnv: readonly string[]
  /** As `--recipient` takes them. Not checked further than by their form. */
  readonly recipients: readonly string[]
  readonly context: Readonly<Record<string, string>>
  /** ARNs. Empty when nothing is pinned. */
  readonly kmsKeys: readonly string[]
  /** ARNs of the keys that Secrets Manager keeps the secrets under. */
  readonly secretKeys: readonly string[]
  /** ARNs. */
  readonly roles: { readonly build: string | null; readonly pod: string | null }
  readonly build: BuildSettings | null
  readonly image: ImageSettings | null
  readonly cluster: ClusterSettings | null
  /** Each at most once. */
  readonly workloads: readonly WorkloadSettings[]
  readonly hooks: { readonly before: readonly HookSettings[]; readonly after: readonly HookSettings[] }
  readonly rollout: RolloutSettings
}

/** Which names the secret must have. */
export interface RequireSettings {
  /** Path of the example file that has them, as it is written: from the folder of the settings file. */
  readonly file: string
  /** Those that need not be there; one with `*` at its end stands for all that begin so. */
  readonly except: readonly string[]
}

/** The CodeBuild project and what it builds. */
export interface BuildSettings {
  readonly project: string
  /** A branch, tag or commit; `null` for what the project says. */
  readonly source: string | null
  /** URL to look branches up at; `null` for the `origin` of the working directory. */
  readonly repository: string | null
  /** Plain variables of the build. Their values are never shown. */
  readonly variables: Readonly<Record<string, string>>
  /** How long the build is followed. One hour by default. */
  readonly timeoutMs: number
}

/** Where the built image is. */
export interface ImageSettings {
  /** As images name it, without tag and digest: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop`. */
  readonly repository: string
  /** The exported variable of the build that has the image, `ENVSEAL_IMAGE` by default. */
  readonly variable: string
  /** What the tag is when that variable is not exported, with `{build}`, `{commit}` … in it; `null` for none. */
  readonly tag: string | null
}

/** At least one of `eks` and `context` is there; with both, the context must be that EKS cluster. */
export interface ClusterSettings {
  /** Name of an EKS cluster. */
  readonly eks: string | null
  /** Name of a kubeconfig's context. */
  readonly context: string | null
  /** What the URL of the API server must be; `null` when that is not pinned. */
  readonly server: string | null
  readonly namespace: string
}

/**
 * A workload, and which of its containers get the image. Either both lists are `null`, and those do whose image is
 * of the environment's repository; or both are there and name at least one.
 */
export interface WorkloadSettings extends WorkloadRef {
  readonly containers: readonly string[] | null
  readonly initContainers: readonly string[] | null
  /** Containers that get the image and need not run `envseal open`. */
  readonly withoutOpen: readonly string[]
}

/** A command that runs once in the cluster, with the new image and a workload's pod template. */
export interface HookSettings {
  /** As a DNS label; no two of an environment share it. */
  readonly name: string
  /** One of the environment's workloads. */
  readonly workload: WorkloadRef
  /** `null` for the first of its containers that gets the image. */
  readonly container: string | null
  /** Other containers of the workload that run beside it. */
  readonly keep: readonly string[]
  /** At least one word. */
  readonly command: readonly string[]
  /** Ten minutes by default. */
  readonly timeoutMs: number
}

export interface RolloutSettings {
  /** Give up when nothing has moved for this long. Ten minutes by default. */
  readonly timeoutMs: number
  /** How long all pods must stay ready before a rollout counts as proven. Ten seconds by default. */
  readonly settleMs: number
  /** Whether a failed rollout is taken back. True by default. */
  readonly rollback: boolean
}
