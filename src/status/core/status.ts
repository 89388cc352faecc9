import type { Images } from "../../core/workload.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import type { Release } from "../../deploy/core/release.ts"
import type { SealedSecret, SecretStatus } from "../../deploy/core/sealed-secret.ts"
import type { Counts, Trouble } from "../../deploy/core/verdict.ts"

/** What runs in one environment, as `--json` tells it (docs/deploy.md, "envseal status"). Nothing in it is secret. */
export interface EnvironmentStatus {
  readonly environment: string
  readonly app: string
  /** What the settings call it: a kubeconfig context, or an EKS cluster. */
  readonly cluster: string
  readonly namespace: string
  /**
   * False when something is wrong and will not pass by itself; `null` when nothing wrong is seen, but not all could be
   * asked.
   */
  readonly ok: boolean | null
  /** In the order of the settings; empty until the cluster was seen. */
  readonly workloads: readonly WorkloadStatus[]
  /** Whether more than one image runs. */
  readonly mixed: boolean
  /** In the order of the settings. */
  readonly secrets: readonly SecretStatus[]
  /** Who deploys now; `null` for nobody. */
  readonly lock: LockStatus | null
  /** What could not be asked, and why. */
  readonly failures: readonly DeployFailure[]
}

export interface WorkloadStatus {
  /** `deployment/web` */
  readonly workload: string
  /** Of the containers that deploys change; empty when there is no such container, or no such workload. */
  readonly images: Images
  /** `null` when something else than envseal has set these images. */
  readonly release: Release | null
  /** When the build began that sealed the configuration, by CodeBuild's clock; `null` when that is not known. */
  readonly builtAt: string | null
  readonly secret: SealedSecret
  readonly rollout: RolloutStatus
}

export interface RolloutStatus {
  readonly state: "done" | "progressing" | "failed" | "missing"
  readonly counts: Counts
  /** What is not done yet, for people; `null` when nothing is open. */
  readonly waitsFor: string | null
  /** What is not proven though it is done, or why it cannot go on, for people. */
  readonly note: string | null
  readonly troubles: readonly Trouble[]
}

export interface LockStatus {
  readonly holder: string
  /** RFC 3339, by the holder's clock; `null` when it is not told. */
  readonly since: string | null
  /** When the holder last said that it is there. A deploy does so every 10 seconds. */
  readonly renewedAt: string | null
}
