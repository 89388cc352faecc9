import { timestamp } from "./clock.ts"
import type { Condition } from "./object.ts"
import type { ContainerStatus, Pod, PodStatus } from "./pod.ts"

/** The containers of a pod as they are, in the order of its spec. */
export interface Containers {
  readonly init: readonly ContainerStatus[]
  readonly main: readonly ContainerStatus[]
}

/** The status of a pod with a node, by its containers. A condition that stays keeps the time of its transition. */
export function podStatus(pod: Pod, { init, main }: Containers, nowMs: number): PodStatus {
  const now = timestamp(nowMs)
  const initialized = init.every(({ state }) => state.terminated?.exitCode === 0)
  const phase = phaseOf(pod, { init, main })
  const ended = phase === "Succeeded" || phase === "Failed"
  const ready = !ended && main.every((one) => one.ready)
  const unready = main.filter((one) => !one.ready).map(({ name }) => name)
  const why = ended
    ? { reason: phase === "Succeeded" ? "PodCompleted" : "PodFailed" }
    : { reason: "ContainersNotReady", message: `containers with unready status: [${unready.join(" ")}]` }
  const conditions: Condition[] = [
    condition("PodScheduled", true, {}),
    condition("Initialized", initialized, { reason: "ContainersNotInitialized" }),
    condition("ContainersReady", ready, why),
    condition("Ready", ready, why),
  ]
  return {
    phase,
    conditions: conditions.map((one) => sinceBefore(pod, one, now)),
    startTime: pod.status.startTime ?? now,
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
  }
}

/** The status of a pod that finds no node. */
export function unschedulableStatus(pod: Pod, message: string, nowMs: number): PodStatus {
  const finding = condition("PodScheduled", false, { reason: "Unschedulable", message })
  return { phase: "Pending", conditions: [sinceBefore(pod, finding, timestamp(nowMs))] }
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false
}

function phaseOf(pod: Pod, { init, main }: Containers): PodStatus["phase"] {
  const never = pod.spec.restartPolicy === "Never"
  const failed = ({ state }: ContainerStatus) => (state.terminated?.exitCode ?? 0) !== 0
  if (never && init.some(failed)) return "Failed"
  if (pod.spec.restartPolicy !== "Always" && main.every(({ state }) => state.terminated !== undefined)) {
    if (!main.some(failed)) return "Succeeded"
    if (never) return "Failed"
  }
  return main.some(({ imageID }) => imageID !== "") ? "Running" : "Pending"
}

function condition(
  type: string,
  holds: boolean,
  why: { readonly reason?: string; readonly message?: string },
): Condition {
  return { type, status: holds ? "True" : "False", ...(holds ? {} : why) }
}

function sinceBefore(pod: Pod, finding: Condition, now: string): Condition {
  const before = pod.status.conditions?.find(({ type }) => type === finding.type)
  const same = before?.status === finding.status
  return { ...finding, lastTransitionTime: same ? (before.lastTransitionTime ?? now) : now }
}
