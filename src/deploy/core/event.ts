import type { Build } from "../../core/build.ts"
import type { Workload } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import type { CheckedTarget, DeployFailure, Diagnostics, ReleaseImage, Signal } from "./plan.ts"
import type { NamespaceView } from "./pods.ts"

/** All that is watched in the namespace, at one moment. */
export interface View extends NamespaceView {
  readonly workloads: readonly Workload[]
}

/** What happened. Most events answer an effect. */
export type Happening =
  /** Only time went on. */
  | { readonly type: "time" }
  | { readonly type: "checked"; readonly ask: number; readonly targets: readonly CheckedTarget[] }
  | { readonly type: "check-failed"; readonly ask: number; readonly failure: DeployFailure }
  | { readonly type: "locked"; readonly renewAfterMs: number }
  | { readonly type: "lock-refused"; readonly failure: DeployFailure }
  | { readonly type: "lock-renewed"; readonly ask: number }
  /** It could not be renewed now; as far as is known, nobody else has it. */
  | { readonly type: "lock-unsure"; readonly ask: number }
  | { readonly type: "lock-lost"; readonly holder: string }
  /** @property why it could not be given back; `null` when it was. */
  | { readonly type: "unlocked"; readonly why: string | null }
  | { readonly type: "build-started"; readonly build: Build }
  | { readonly type: "build-refused"; readonly failure: DeployFailure }
  | { readonly type: "build-seen"; readonly ask: number; readonly build: Build; readonly random: number }
  | { readonly type: "build-missing"; readonly ask: number; readonly random: number }
  | {
      readonly type: "build-unseen"
      readonly ask: number
      readonly failure: DeployFailure
      readonly reason: "throttled" | "passing" | "final"
      readonly random: number
    }
  | { readonly type: "build-stopped"; readonly failure: DeployFailure | null }
  | { readonly type: "log-drained" }
  | { readonly type: "image-found"; readonly release: ReleaseImage }
  /** The image that was found is what runs with nothing but another sealed file. */
  | { readonly type: "resealed" }
  | { readonly type: "image-refused"; readonly failure: DeployFailure }
  /** Its Job is there, made now or by an earlier run. */
  | { readonly type: "hook-began"; readonly hook: string; readonly job: string }
  | { readonly type: "hook-ended"; readonly hook: string }
  /** @property over whether its Job has ended too. */
  | {
      readonly type: "hook-failed"
      readonly hook: string
      readonly failure: DeployFailure
      readonly over: boolean
    }
  | {
      readonly type: "patched"
      readonly did: "patch" | "restore"
      readonly workload: string
      /** What ran before this release; `null` when it is not known any more. */
      readonly before: Images | null
      /** What it has now, by the server's answer: a webhook may have written other names than were sent. */
      readonly given: Images
      /** False when it had these images already. */
      readonly changed: boolean
      readonly generation: number
      readonly staleDeadline: string | null
    }
  | {
      readonly type: "patch-failed"
      readonly did: "patch" | "restore"
      readonly workload: string
      readonly failure: DeployFailure
      /** Whether somebody else has changed it. */
      readonly foreign: boolean
    }
  /** @property failure why it could not be written down that it is proven; `null` when it was. */
  | { readonly type: "recorded"; readonly workload: string; readonly failure: DeployFailure | null }
  /** @property failure why it was refused; `null` when it is deleted. */
  | { readonly type: "job-deleted"; readonly uid: string; readonly failure: DeployFailure | null }
  | { readonly type: "seen"; readonly view: View }
  | { readonly type: "unseen"; readonly why: string }
  | { readonly type: "unwatchable"; readonly failure: DeployFailure }
  | { readonly type: "examined"; readonly clues: Diagnostics }
  | { readonly type: "interrupted"; readonly signal: Signal }

/** @property atMs milliseconds of the run. */
export type DeployEvent = { readonly atMs: number } & Happening
