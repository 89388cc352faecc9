/** What keeps a workload from getting there, as far as its objects tell. Texts are as the cluster wrote them. */
export interface Trouble {
  /** As Kubernetes spells it: `CrashLoopBackOff`, `ImagePullBackOff`, `ProgressDeadlineExceeded` … */
  readonly reason: string
  readonly message: string
  /** `null` when the trouble is the workload's own. */
  readonly pod: string | null
  readonly podUid: string | null
  readonly container: string | null
  /** Of the container's last run; `null` when it has not ended yet. */
  readonly exitCode: number | null
  readonly restarts: number
  /** How many pods of the workload have the same trouble. */
  readonly pods: number
}

/** How many pods of the wanted images are there. */
export interface Counts {
  /** Pods that the workload is meant to have. */
  readonly total: number
  /** Pods that have the wanted images. */
  readonly updated: number
  /** Of these, how many are ready. */
  readonly ready: number
  /** Pods of another release, those that are ending not counted. */
  readonly old: number
}

export const noPods: Counts = { total: 0, updated: 0, ready: 0, old: 0 }

/**
 * What a workload whose pods are all ready still waits for, without the number of pods that it waits for.
 *
 * @returns `null` while one is not ready, which says enough.
 */
export function lastWait({ ready, total }: Counts, waitsFor: string | null): string | null {
  return waitsFor !== null && ready === total ? waitsFor.replace(/^\d+ (.*?\bpod)s?\b/, "$1") : null
}

/** What the objects say about one workload. */
export type Verdict =
  /** @property waitsFor what is not done yet, for people. */
  | {
      readonly type: "progressing"
      readonly counts: Counts
      readonly waitsFor: string
      readonly troubles: readonly Trouble[]
    }
  /** Proven. @property note what the proof does not cover, such as a workload without pods; `null` for nothing. */
  | { readonly type: "done"; readonly counts: Counts; readonly note: string | null }
  /** It will not get there. */
  | { readonly type: "doomed"; readonly counts: Counts; readonly trouble: Trouble }
  /** The workload has other images than it was given: somebody else changed it. */
  | { readonly type: "foreign"; readonly counts: Counts; readonly images: readonly string[] }
  | { readonly type: "gone"; readonly counts: Counts }
