import { isDeepStrictEqual } from "node:util"
import type { Bench } from "./controller.ts"
import type { Deployment, ReplicaSet } from "./kinds.ts"
import type { Texts } from "./object.ts"
import { controllerReference, ownedBy } from "./ownership.ts"
import { limitsOf, newReplicas } from "./rollout-scale.ts"
import { placeOf } from "./store.ts"
import { hashLabel, sameTemplate, templateHash, withLabel } from "./template.ts"

export const revisionAnnotation = "deployment.kubernetes.io/revision"
const notCopied: readonly string[] = [
  revisionAnnotation,
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "kubectl.kubernetes.io/last-applied-configuration",
]

/** The ReplicaSets of a Deployment: the one of its template, and the others, first the oldest. */
export interface Sets {
  readonly current: ReplicaSet | null
  readonly old: readonly ReplicaSet[]
}

export function findSets({ store }: Bench, deployment: Deployment): Sets {
  const sets = ownedBy(store, deployment, "replicasets").toSorted((one, other) => age(one) - age(other))
  const current = sets.find(({ spec }) => sameTemplate(spec.template, deployment.spec.template)) ?? null
  return { current, old: sets.filter((set) => set !== current) }
}

/** Creates the ReplicaSet of the Deployment's template, which begins with as many pods as there is room for. */
export function createSet(bench: Bench, deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = templateHash(template)
  const labelled = withLabel(template, hashLabel, hash)
  const room = newReplicas(limitsOf(deployment.spec), 0, old.map(shareOf))
  return bench.store.create("replicasets", {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? "",
      generation: 1,
      labels: labelled.metadata?.labels ?? {},
      annotations: annotationsFor(deployment, null, nextRevision(old)),
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: deployment.spec.strategy.type === "Recreate" ? deployment.spec.replicas : room,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: labelled,
    },
  })
}

/** Gives the ReplicaSet of the template the newest revision, and the annotations of its Deployment. */
export function refreshSet(bench: Bench, deployment: Deployment, { current, old }: Sets): ReplicaSet | null {
  if (current === null) return null
  const annotations = annotationsFor(deployment, current, nextRevision(old))
  return bench.store.update(placeOf("replicasets", current), (set) => ({
    ...set,
    metadata: { ...set.metadata, annotations },
  }))
}

export function scaleSet(
  { store, recorder }: Bench,
  deployment: Deployment,
  set: ReplicaSet,
  to: number,
): boolean {
  const { replicas } = set.spec
  if (replicas === to) return false
  const generation = (set.metadata.generation ?? 0) + 1
  store.update(placeOf("replicasets", set), (current) => ({
    ...current,
    metadata: { ...current.metadata, generation },
    spec: { ...current.spec, replicas: to },
  }))
  const way = to > replicas ? "up" : "down"
  const message = `Scaled ${way} replica set ${set.metadata.name} from ${replicas} to ${to}`
  recorder.record(deployment, "deployment-controller", {
    type: "Normal",
    reason: "ScalingReplicaSet",
    message,
  })
  return true
}

function revisionOf({ metadata }: ReplicaSet | Deployment): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? 0)
}

export function shareOf({ metadata, spec, status }: ReplicaSet) {
  return { name: metadata.name, replicas: spec.replicas, available: status?.availableReplicas ?? 0 }
}

function nextRevision(old: readonly ReplicaSet[]): number {
  return Math.max(0, ...old.map(revisionOf)) + 1
}

function annotationsFor({ metadata, spec }: Deployment, set: ReplicaSet | null, next: number): Texts {
  const { replicas, maxSurge } = limitsOf(spec)
  const copied = Object.entries(metadata.annotations ?? {}).filter(([name]) => !notCopied.includes(name))
  const annotations = {
    ...set?.metadata.annotations,
    ...Object.fromEntries(copied),
    [revisionAnnotation]: String(Math.max(next, set === null ? 0 : revisionOf(set))),
    "deployment.kubernetes.io/desired-replicas": String(replicas),
    "deployment.kubernetes.io/max-replicas": String(replicas + maxSurge),
  }
  const before = set?.metadata.annotations
  return before !== undefined && isDeepStrictEqual(before, annotations) ? before : annotations
}

function age({ metadata }: ReplicaSet): number {
  return Date.parse(metadata.creationTimestamp)
}
