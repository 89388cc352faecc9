import type { Build } from "../../core/build.ts"
import type { Images, WorkloadKind, WorkloadRef } from "../../core/workload.ts"
import type { ReleaseImage } from "./plan.ts"
import type { Progress } from "./progress.ts"
import type { ResealOrigin } from "./reseal-origin.ts"
import type { Trouble } from "./verdict.ts"

/** What is to be done. Each is answered by an event, except `tell`, `follow-log`, `observe` and `delete-pod`. */
export type Effect =
  | { readonly do: "tell"; readonly progress: Progress }
  /** Looks at account, cluster, rights and workloads, and changes nothing. */
  | { readonly do: "check"; readonly ask: number }
  | { readonly do: "lock" }
  /** @property ask number of this question in the run, which its answer repeats. */
  | { readonly do: "renew-lock"; readonly ask: number }
  | { readonly do: "unlock" }
  /** @property origin what is to be resealed instead of being built; `null` to build. */
  | { readonly do: "start-build"; readonly origin: ResealOrigin | null }
  | { readonly do: "read-build"; readonly id: string; readonly ask: number }
  | { readonly do: "stop-build"; readonly id: string }
  /** Tells the lines of its log from now on, in the place of another build's. */
  | { readonly do: "follow-log"; readonly build: Build }
  /** Tells the rest of the log. */
  | { readonly do: "drain-log" }
  | { readonly do: "find-image"; readonly from: Build | string }
  /** Proves that an image is what runs with nothing but another sealed file. */
  | { readonly do: "prove-resealed"; readonly image: string; readonly origin: ResealOrigin }
  | {
      readonly do: "run-hook"
      readonly when: "before" | "after"
      readonly name: string
      readonly release: ReleaseImage
      /** What each workload gets, by its text. */
      readonly images: Readonly<Record<string, Images>>
    }
  /**
   * Gives a workload these images. Does nothing where it has them.
   *
   * @property only what alone may give way to them; `null` for whatever it has.
   */
  | {
      readonly do: "patch"
      readonly ref: WorkloadRef
      readonly to: Images
      readonly release: ReleaseImage | null
      readonly only: Images | null
    }
  /** Writes down that what it has is proven. No pod is replaced for it. */
  | { readonly do: "prove"; readonly ref: WorkloadRef; readonly images: Images }
  /** Gives it back what it had, only where it still has `from`. */
  | { readonly do: "restore"; readonly ref: WorkloadRef; readonly from: Images; readonly to: Images }
  /** Watches from now on, in the place of what was watched before: the first view is of now. */
  | { readonly do: "observe"; readonly kinds: readonly WorkloadKind[] }
  | { readonly do: "examine"; readonly ref: WorkloadRef; readonly trouble: Trouble }
  | { readonly do: "delete-pod"; readonly name: string; readonly uid: string }
  /** With its pods. It is tried until it is done or refused. */
  | { readonly do: "delete-job"; readonly name: string; readonly uid: string }
