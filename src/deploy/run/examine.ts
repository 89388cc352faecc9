import type { ClusterEvent } from "../../core/kubernetes.ts"
import { type WorkloadRef, workloadText } from "../../core/workload.ts"
import type { Cluster } from "../../ports/cluster.ts"
import type { Diagnostics } from "../core/plan.ts"
import type { Trouble } from "../core/verdict.ts"

const logLines = 20
const shownEvents = 5

/** Looks at a container that does not run: its last lines, and what was reported of its pod. What fails is left out. */
export async function examineTroubles(
  cluster: Cluster,
  ref: WorkloadRef,
  trouble: Trouble,
): Promise<Diagnostics> {
  const [log, events] = await Promise.all([
    lastLines(cluster, trouble).catch(() => []),
    reported(cluster, ref, trouble).catch(() => []),
  ])
  return { workload: workloadText(ref), log, events: mostTelling(events, trouble.container).map(eventText) }
}

/** Warnings of the container come first, then other warnings, then what is usual: of each the latest, oldest first. */
function mostTelling(events: readonly ClusterEvent[], container: string | null): readonly ClusterEvent[] {
  const isWarning = ({ type }: ClusterEvent) => type === "Warning"
  const isOwn = (event: ClusterEvent) => isWarning(event) && isOfContainer(event, container)
  const groups = [
    events.filter(isOwn),
    events.filter((event) => isWarning(event) && !isOwn(event)),
    events.filter((event) => !isWarning(event)),
  ]
  const shown: ClusterEvent[] = []
  for (const group of groups) {
    const room = shownEvents - shown.length
    if (room > 0) shown.push(...group.slice(-room))
  }
  return shown
}

function isOfContainer({ involvedObject }: ClusterEvent, container: string | null): boolean {
  return container !== null && involvedObject?.fieldPath?.endsWith(`{${container}}`) === true
}

async function lastLines(
  cluster: Cluster,
  { pod, container, restarts }: Trouble,
): Promise<readonly string[]> {
  if (pod === null || container === null) return []
  const lines = (previous: boolean) => cluster.log({ pod, container, previous, lines: logLines })
  const before = restarts > 0 ? await lines(true) : []
  return before.length > 0 ? before : lines(false)
}

async function reported(
  cluster: Cluster,
  ref: WorkloadRef,
  { podUid }: Trouble,
): Promise<readonly ClusterEvent[]> {
  const uid = podUid ?? (await cluster.read(ref))?.metadata.uid
  return uid === undefined ? [] : cluster.events(uid)
}

function eventText({ reason = "", message = "", count = 1 }: ClusterEvent): string {
  return `${reason}: ${message}${count > 1 ? ` (${count} times)` : ""}`
}
