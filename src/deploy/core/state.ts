import type { Build } from "../../core/build.ts"
import type { Images, WorkloadRef } from "../../core/workload.ts"
import type { Death } from "./death.ts"
import type { View } from "./event.ts"
import type { Sightings } from "./judge.ts"
import type { DeployFailure, Diagnostics, Plan, ReleaseImage, Signal } from "./plan.ts"
import type { Ending, Spent } from "./progress.ts"
import type { Release } from "./release.ts"
import type { ResealOrigin } from "./reseal-origin.ts"
import type { Wanted } from "./rollout.ts"
import type { Trouble, Verdict } from "./verdict.ts"

/** Everything that is known of a run. */
export interface DeployState {
  readonly plan: Plan
  /** When the last event came: milliseconds of the run. */
  readonly atMs: number
  /** Milliseconds in which the run was awake until then. All other times of a state are of these. */
  readonly nowMs: number
  readonly phase: Phase
  /** How long each part of it took until then. */
  readonly spent: readonly Spent[]
  readonly lock: Lock
  /** The build that is followed. */
  readonly build: Build | null
  readonly release: ReleaseImage | null
  /** What gets another configuration; `null` for every run that does not reseal. */
  readonly origin: ResealOrigin | null
  readonly targets: readonly Target[]
  /** What was last seen of the cluster. */
  readonly view: View | null
  /** Since when nothing of it can be seen; `null` while it can. */
  readonly blindSinceMs: number | null
  /** How long it could not be seen in all, or in all since giving back began: the times before it was seen again. */
  readonly blindMs: number
  /** Why it can never be seen again; `null` while it may. */
  readonly unwatchable: DeployFailure | null
  /** Why the run goes back; `null` while it goes forward. */
  readonly setback: Setback | null
  readonly interrupt: Signal | null
  /** Number of the last numbered question. */
  readonly asks: number
  /** The Job of a hook that may still run; `null` when there is none. */
  readonly job: string | null
}

export interface Setback {
  readonly failure: DeployFailure
  readonly trouble: Trouble | null
  readonly clues: Diagnostics | null
}

export interface Lock {
  /** `asked` while it may still be granted. */
  readonly status: "none" | "asked" | "held" | "lost"
  readonly renewAfterMs: number
  /** When it is renewed next, also when a renewal is not answered until then. */
  readonly renewAtMs: number
  /** When it was last confirmed; `null` when it was not since the run was last blind. */
  readonly keptAtMs: number | null
  /** The renewals whose answers are awaited, oldest first. */
  readonly renewing: readonly Renewal[]
  /** Who has it once it is lost, {@link nobody} when it was deleted; `null` while it is not lost. */
  readonly lostTo: string | null
}

/** @property sentAtMs when it was asked for, as {@link DeployState.atMs}. */
export interface Renewal {
  readonly ask: number
  readonly sentAtMs: number
}

/** How the state of a build is asked for. */
export interface Poll {
  /** Milliseconds of the run. */
  readonly dueMs: number
  /** Number of the question whose answer is awaited; `null` when none is. */
  readonly asked: number | null
  /** How often in a row the service said that it is asked too often. */
  readonly throttled: number
  /** Since when there has been no answer; `null` while there is. */
  readonly silentSinceMs: number | null
}

/** Where the run stands. Each phase has its module in `phases/`, but for `ended`. */
export type Phase =
  /** Checked again with the lock, when the run had to wait for it. */
  | { readonly name: "checking"; readonly ask: number }
  /** @property sinceMs as {@link DeployState.atMs}: somebody else's changes do not wait for this run to be awake. */
  | { readonly name: "locking"; readonly sinceMs: number }
  | { readonly name: "starting" }
  | { readonly name: "building"; readonly id: string; readonly sinceMs: number; readonly poll: Poll }
  /** The build failed; the end of its log is waited for. */
  | { readonly name: "draining"; readonly failure: DeployFailure; readonly untilMs: number }
  | { readonly name: "imaging"; readonly from: Build | string }
  /** The image of a reseal is held against what runs. */
  | { readonly name: "judging"; readonly release: ReleaseImage; readonly origin: ResealOrigin }
  /**
   * Before the cluster is changed: the lock is confirmed, and the cluster is seen.
   *
   * @property seenMs `sightedMs` of `watching.ts` when it began.
   */
  | { readonly name: "confirming"; readonly next: Phase; readonly sinceMs: number; readonly seenMs: number }
  | { readonly name: "hook"; readonly when: "before" | "after"; readonly index: number }
  /** Workloads are given their images. */
  | { readonly name: "patching" }
  | Rolling
  /** @property from what goes on when the cluster is not seen meanwhile. */
  | { readonly name: "examining"; readonly untilMs: number; readonly from: Rolling }
  /**
   * Workloads are given back what they had.
   *
   * @property from what goes on when the cluster is not seen before that has begun; `null` where what the run goes
   * back for does not depend on it.
   */
  | { readonly name: "restoring"; readonly from: Rolling | null }
  | { readonly name: "reverting" }
  /**
   * All is proven: that is written down.
   *
   * @property left the texts of workloads on which it is not written down.
   * @property asked those of them whose answer is awaited.
   */
  | {
      readonly name: "proving"
      readonly left: readonly string[]
      readonly asked: readonly string[]
      readonly sinceMs: number
      readonly dueMs: number
    }
  /** Interrupted once while a build runs: a second time stops the build too. */
  | { readonly name: "leaving"; readonly build: string; readonly untilMs: number }
  | { readonly name: "stopping"; readonly build: string; readonly untilMs: number }
  | { readonly name: "closing"; readonly ending: Ending; readonly untilMs: number }
  | { readonly name: "ended"; readonly ending: Ending }

/** @property hooked whether the hooks after the rollout are done. */
export interface Rolling {
  readonly name: "rolling"
  readonly hooked: boolean
}

export type Stage =
  /** As it was found. */
  | "untouched"
  /** The answer to its patch is still to come. */
  | "patching"
  /** It has the new images. */
  | "forward"
  /** Its patch failed: it may have the new images or not. */
  | "unsure"
  | "restoring"
  /** It has again what it had before. */
  | "back"
  /** Somebody else changed it; it is left alone. */
  | "foreign"
  /** It could not be given back what it had. */
  | "stuck"

/** A change that is tried again. */
export interface Again {
  /** Since when it fails, as `sightedMs` of `watching.ts`. */
  readonly sinceMs: number
  /** When it is tried next; `null` while its answer is awaited. */
  readonly dueMs: number | null
  readonly failure: DeployFailure
}

/** A Job whose deletion was asked for. */
export interface JobDeletion {
  readonly name: string
  readonly uid: string
  readonly askedMs: number
  /** `asked` while the answer is still to come. */
  readonly status: "asked" | "done" | "refused"
}

/** A workload on its way. */
export interface Target {
  readonly ref: WorkloadRef
  /** As in `deployment/web`. */
  readonly text: string
  readonly stage: Stage
  readonly live: Images
  readonly releases: readonly Release[]
  /** What it goes back to; `null` when that is not known. */
  readonly before: Images | null
  readonly to: Images
  /** What it was given last, and is judged by. */
  readonly wanted: Wanted
  readonly verdict: Verdict | null
  readonly sightings: Sightings
  /** The most pods that were ready. */
  readonly best: number
  /** When it was given what it is judged by. */
  readonly sinceMs: number
  /** When the most pods that were ready last grew. */
  readonly movedAtMs: number
  /** The most pods that it was meant to have. */
  readonly most: number
  /** Since when all of it is ready, and no container was started again; `null` while it is not. */
  readonly readySinceMs: number | null
  /** When it was proven for the first time; `null` while it was not. */
  readonly provenAtMs: number | null
  /** Of its wanted pods since it was to be given what it is judged by, also of those that are gone. */
  readonly deaths: readonly Death[]
  /** Of deaths before that, by their keys; `null` while nothing was seen of it. */
  readonly pastDeaths: readonly string[] | null
  /** Its ready pods as they stood when it was last looked at. */
  readonly stands: readonly string[]
  /** Pods of the release before that are still ending. */
  readonly ending: number
  /** Pods of the failed release that were deleted, by uid. */
  readonly deleted: readonly string[]
  /** Jobs of the failed release that were to be deleted. */
  readonly jobs: readonly JobDeletion[]
  /** Why it could not be given back what it had; `null` unless it is `stuck`. */
  readonly stuckBy: string | null
  /** Its change, which failed in a way that may pass; `null` when it did not. */
  readonly again: Again | null
}

/** Who has a lock that is not there. */
export const nobody = "nobody"

export const noLock: Lock = {
  status: "none",
  renewAfterMs: 0,
  renewAtMs: 0,
  keptAtMs: null,
  renewing: [],
  lostTo: null,
}

/** The state of a run that has not begun. */
export function initialState(plan: Plan): DeployState {
  return {
    plan,
    atMs: 0,
    nowMs: 0,
    phase: { name: "checking", ask: 0 },
    spent: [],
    lock: noLock,
    build: null,
    release: null,
    origin: null,
    targets: [],
    view: null,
    blindSinceMs: null,
    blindMs: 0,
    unwatchable: null,
    setback: null,
    interrupt: null,
    asks: 0,
    job: null,
  }
}
