import type { Images } from "../../core/workload.ts"
import type { BackStep, DeployFailure, Diagnostics, Signal } from "./plan.ts"
import type { Release } from "./release.ts"
import type { Counts, Trouble, Verdict } from "./verdict.ts"

/** What the workloads run once a run has ended. */
export type Outcome =
  /** What they ran before: none was changed. */
  | "untouched"
  /** The new release, proven. */
  | "new"
  /** All have the new release, which is not proven. */
  | "unproven"
  /** The release before, proven. */
  | "back"
  /** All have the release before, which is not proven. */
  | "going-back"
  /** Not all the same. */
  | "mixed"

/** How one workload stands in the end. */
export interface WorkloadEnd {
  readonly workload: string
  /** The images it has; empty when they are not known. */
  readonly images: Images
  readonly state: "new" | "unproven" | "before" | "going-back" | "foreign" | "unknown"
  readonly counts: Counts
  readonly note: string | null
}

export type Ending =
  | { readonly type: "deployed" }
  /** The build was started, and is left to itself. */
  | { readonly type: "detached" }
  | { readonly type: "interrupted"; readonly signal: Signal; readonly buildStopped: boolean }
  | {
      readonly type: "failed"
      readonly failure: DeployFailure
      readonly trouble: Trouble | null
      readonly clues: Diagnostics | null
    }

/** A part of a run, as people think of it. */
export type RunPart = "check" | "lock" | "build" | "image" | "hooks" | "change" | "rollout" | "back"

/** How long a part took, all times that it was done together. A run that stood still counts. */
export interface Spent {
  readonly part: RunPart
  readonly ms: number
}

/** What a run reports while it goes on: for people, and with `--json` one object a line (docs/deploy.md). */
export type Progress =
  | {
      readonly type: "checked"
      readonly workloads: readonly { readonly workload: string; readonly images: Images }[]
    }
  | { readonly type: "locked" }
  /** A rollback begins. */
  | { readonly type: "way-back"; readonly steps: readonly BackStep[] }
  | {
      readonly type: "build-started"
      readonly build: string
      readonly number: number | null
      readonly source: string | null
      readonly url: string | null
    }
  | {
      readonly type: "build-phase"
      readonly phase: string
      readonly status: string | null
      readonly seconds: number | null
    }
  | { readonly type: "build-retried"; readonly build: string; readonly by: string }
  | { readonly type: "build-silent"; readonly why: string }
  | {
      readonly type: "build-ended"
      readonly build: string
      readonly status: string
      readonly seconds: number | null
    }
  | {
      readonly type: "image"
      readonly image: string
      readonly commit: string | null
      readonly secretVersion: string | null
      readonly sealedAt: string | null
    }
  /** The image is what runs with nothing but another sealed file. */
  | { readonly type: "resealed"; readonly from: string }
  | { readonly type: "hook-started"; readonly hook: string }
  | { readonly type: "hook-ended"; readonly hook: string }
  | { readonly type: "patched"; readonly workload: string; readonly changed: boolean }
  | {
      readonly type: "rollout"
      readonly workload: string
      readonly state: Verdict["type"]
      readonly counts: Counts
      readonly waitsFor: string | null
      readonly trouble: Trouble | null
    }
  | { readonly type: "contact-lost"; readonly why: string }
  | { readonly type: "contact-found" }
  | { readonly type: "lock-lost"; readonly holder: string }
  /** The run goes back, or would: why, and what was found out. */
  | {
      readonly type: "doomed"
      readonly failure: DeployFailure
      readonly trouble: Trouble | null
      readonly clues: Diagnostics | null
    }
  | { readonly type: "going-back"; readonly workloads: readonly string[] }
  | { readonly type: "restored"; readonly workload: string }
  | { readonly type: "not-restored"; readonly workload: string; readonly failure: DeployFailure }
  | { readonly type: "pod-replaced"; readonly workload: string; readonly pod: string }
  | { readonly type: "job-deleted"; readonly workload: string; readonly job: string }
  | { readonly type: "stopping-soon"; readonly build: string; readonly seconds: number }
  | { readonly type: "build-stopped"; readonly build: string; readonly failure: DeployFailure | null }
  | { readonly type: "lock-left"; readonly why: string }
  | {
      readonly type: "ended"
      readonly ending: Ending
      readonly standing: Outcome
      readonly workloads: readonly WorkloadEnd[]
      /** The Job of a hook that may still run; `null` when there is none. */
      readonly job: string | null
      /** What ran before; `null` when that is not known, or was not one release. */
      readonly from: Release | null
      /** What was to run then; `null` as in `from`. */
      readonly to: Release | null
      /** In the order in which the parts began. */
      readonly spent: readonly Spent[]
    }
