import type { StatefulSet } from "./kinds.ts"
import type { Pod } from "./pod.ts"
import { isReady } from "./pod-status.ts"
import { revisionOfPod } from "./revision.ts"

/** A StatefulSet and its pods as they are. Revisions by name. */
export interface Situation {
  readonly set: StatefulSet
  readonly pods: readonly Pod[]
  readonly currentRevision: string
  readonly updateRevision: string
  readonly isAvailable: (pod: Pod) => boolean
}

export type Action =
  | { readonly do: "create"; readonly ordinal: number; readonly revision: string }
  | { readonly do: "delete"; readonly pod: Pod }

/**
 * What the controller does next (statefulset `updateStatefulSet`). With the policy `OrderedReady` it waits for each
 * pod to be ready before it does anything to the next, and that comes before any update: so a pod of a revision that
 * cannot get ready is not replaced by going back, until somebody deletes it.
 */
export function planStatefulSet(situation: Situation): readonly Action[] {
  const { set, pods } = situation
  const ordered = set.spec.podManagementPolicy !== "Parallel"
  const slots = Array.from({ length: set.spec.replicas }, (_, ordinal) => podAt(pods, ordinal))
  const creations = planCreations(situation, slots, ordered)
  if (creations !== null) return creations
  const surplus = planSurplus(situation, ordered)
  if (surplus !== null) return surplus
  return set.spec.updateStrategy.type === "OnDelete" ? [] : planUpdate(situation, slots)
}

function ordinalOf({ metadata }: Pod): number {
  return Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1)
}

/** @returns `null` when all are there, and nothing has to be waited for. */
function planCreations(
  situation: Situation,
  slots: readonly (Pod | null)[],
  ordered: boolean,
): readonly Action[] | null {
  const missing: Action[] = []
  for (const [ordinal, pod] of slots.entries()) {
    if (pod === null) {
      missing.push({ do: "create", ordinal, revision: revisionFor(situation, ordinal) })
      if (ordered) return missing
    } else if (pod.status.phase === "Failed" || pod.status.phase === "Succeeded") {
      return isTerminating(pod) ? [] : [{ do: "delete", pod }]
    } else if (ordered && (isTerminating(pod) || !isReady(pod) || !situation.isAvailable(pod))) return []
  }
  return missing.length === 0 ? null : missing
}

/** @returns `null` when there are none over the wanted number. */
function planSurplus({ set, pods, isAvailable }: Situation, ordered: boolean): readonly Action[] | null {
  const surplus = pods
    .filter((pod) => ordinalOf(pod) >= set.spec.replicas)
    .toSorted((one, other) => ordinalOf(other) - ordinalOf(one))
  if (surplus.length === 0) return null
  if (!ordered) return surplus.filter((pod) => !isTerminating(pod)).map((pod) => ({ do: "delete", pod }))
  const [highest] = surplus
  const unavailable = surplus.findLast((pod) => !isAvailable(pod))
  if (highest === undefined || isTerminating(highest)) return []
  return isAvailable(highest) || highest === unavailable ? [{ do: "delete", pod: highest }] : []
}

function planUpdate(
  { set, updateRevision, isAvailable }: Situation,
  slots: readonly (Pod | null)[],
): readonly Action[] {
  const partition = set.spec.updateStrategy.rollingUpdate?.partition ?? 0
  for (let ordinal = slots.length - 1; ordinal >= partition; ordinal--) {
    const pod = slots[ordinal] ?? null
    if (pod === null) return []
    if (revisionOfPod(pod) !== updateRevision && !isTerminating(pod)) return [{ do: "delete", pod }]
    if (isTerminating(pod) || !isAvailable(pod)) return []
  }
  return []
}

function revisionFor({ set, currentRevision, updateRevision }: Situation, ordinal: number): string {
  const partition = set.spec.updateStrategy.rollingUpdate?.partition ?? 0
  return ordinal < partition ? currentRevision : updateRevision
}

function podAt(pods: readonly Pod[], ordinal: number): Pod | null {
  return pods.find((pod) => ordinalOf(pod) === ordinal) ?? null
}

function isTerminating({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined
}
