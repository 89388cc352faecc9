import type { LoggedRequest } from "../../real/cluster/request-log.ts"
import type { Contender } from "./trial.ts"

/** What the servers have recorded of one deploy. */
export interface Log {
  /** When CodeBuild says that the build was complete, in milliseconds since 1970. */
  readonly builtAtMs: number
  /** What was asked of the API server in the deploy's namespace, in order of arrival. */
  readonly requests: readonly LoggedRequest[]
  /** When a node last said something of a pod there, in milliseconds since 1970. */
  readonly podsSaidMs: readonly number[]
  /** Whether what was deployed works. */
  readonly isGood: boolean
}

/** How a deploy went, in milliseconds. */
export interface Course {
  /** From the end of the build until the last workload with pods had the new image. */
  readonly patchMs: number
  /** From then until the last new pod was ready; `null` when they never were. */
  readonly readyMs: number | null
  /** From then until the contender knew how it ended. */
  readonly verdictMs: number
  /** From the new image until the one before was proven everywhere again; `null` when nobody went back. */
  readonly backMs: number | null
}

/**
 * Finds the moments of a deploy in the servers' records. The script knows the end when it hangs up on its last watch.
 * envseal knows that it is good when it gives its Lease back, and that it is not when it patches a workload again. What is
 * only tried (`dryRun`) is no patch.
 *
 * @throws Error when it never patched anything, or never came to an end.
 */
export function courseOf(contender: Contender, log: Log): Course {
  const { builtAtMs, requests, podsSaidMs, isGood } = log
  const { first, again } = patchesOf(requests)
  const patchedAt = latest(first.map(endOf))
  const endedAt = contender === "script" ? latest(requests.map(endOf)) : leaseGivenBack(requests)
  // Of a good one, a second patch writes down that it is proven.
  const doomedAt = isGood || again[0] === undefined ? null : Date.parse(again[0].receivedAt)
  return {
    patchMs: patchedAt - builtAtMs,
    readyMs: isGood ? latest(podsSaidMs.filter((at) => at <= endedAt)) - patchedAt : null,
    verdictMs: (doomedAt ?? endedAt) - patchedAt,
    backMs: doomedAt === null ? null : endedAt - patchedAt,
  }
}

/** The first change of each workload with pods, and all further ones. */
function patchesOf(requests: readonly LoggedRequest[]): Readonly<Record<"first" | "again", LoggedRequest[]>> {
  const patches = requests.filter(
    ({ verb, status, uri }) =>
      verb === "patch" && status === 200 && uri.includes("/deployments/") && !uri.includes("dryRun="),
  )
  const seen = new Set<string>()
  const first: LoggedRequest[] = []
  const again: LoggedRequest[] = []
  for (const patch of patches) {
    const path = pathOf(patch)
    const list = seen.has(path) ? again : first
    list.push(patch)
    seen.add(path)
  }
  return { first, again }
}

function leaseGivenBack(requests: readonly LoggedRequest[]): number {
  const ends = requests.filter((one) => one.verb === "delete" && pathOf(one).includes("/leases/"))
  return latest(ends.map(({ receivedAt }) => Date.parse(receivedAt)))
}

function endOf({ endedAt, receivedAt }: LoggedRequest): number {
  return Date.parse(endedAt ?? receivedAt)
}

function pathOf({ uri }: LoggedRequest): string {
  return uri.split("?")[0] ?? ""
}

function latest(times: readonly number[]): number {
  if (times.length === 0) throw new Error("the deploy did not come so far, by the API server's log")
  return Math.max(...times)
}
