import { findCondition, withCondition } from "./condition.ts"
import { type Bench, type Controller, writeStatus } from "./controller.ts"
import {
  countedStatus,
  hasDeadline,
  isComplete,
  progressing,
  type Rollout,
  rolloutStatus,
} from "./deployment-status.ts"
import type { Deployment, DeploymentStatus, ReplicaSet } from "./kinds.ts"
import type { Condition } from "./object.ts"
import { ownedBy } from "./ownership.ts"
import {
  createSet,
  findSets,
  refreshSet,
  revisionAnnotation,
  type Sets,
  scaleSet,
  shareOf,
} from "./replica-sets.ts"
import { limitsOf, newReplicas, oldReplicas } from "./rollout-scale.ts"
import { placeOf } from "./store.ts"

const recheckMs = 20

/**
 * Rolls Deployments out as the real controller does (kubernetes `pkg/controller/deployment`), but for one thing: a
 * change of `replicas` in the middle of a rollout goes to the new ReplicaSet, not to all in proportion.
 */
export class DeploymentController implements Controller<"deployments"> {
  readonly resource = "deployments"
  readonly kind = "Deployment"
  readonly #bench: Bench
  /** When the condition of progress was last updated, by uid: what the object says is in whole seconds. */
  readonly #progressMs = new Map<string, number>()

  constructor(bench: Bench) {
    this.#bench = bench
  }

  sync(seen: Deployment): number | null {
    const deployment = this.#notePause(seen)
    if (deployment.spec.paused === true) {
      this.#syncPaused(deployment)
      return null
    }
    const sets = this.#setsFor(deployment)
    if (sets === null) return recheckMs
    const waits = this.#scale(deployment, sets)
    return this.#report(deployment) ?? (waits ? recheckMs : null)
  }

  /** @returns `null` while the old pods of a Deployment with the strategy `Recreate` have not gone. */
  #setsFor(deployment: Deployment): Sets | null {
    const sets = findSets(this.#bench, deployment)
    if (deployment.spec.strategy.type === "Recreate" && this.#hasOldPods(deployment, sets)) {
      this.#report(deployment)
      return null
    }
    const existing = refreshSet(this.#bench, deployment, sets)
    const current = existing ?? createSet(this.#bench, deployment, sets.old)
    this.#adopt(deployment, current, existing !== null)
    return { ...sets, current }
  }

  #hasOldPods(deployment: Deployment, { old }: Sets): boolean {
    for (const set of old) scaleSet(this.#bench, deployment, set, 0)
    return old.some((set) => ownedBy(this.#bench.store, set, "pods").length > 0)
  }

  // The condition of an existing one is set only where there is none: the trap of a stale ProgressDeadlineExceeded.
  #adopt(deployment: Deployment, set: ReplicaSet, existed: boolean): void {
    const { store, clock } = this.#bench
    const revision = set.metadata.annotations?.[revisionAnnotation] ?? ""
    if (!existed) this.#progressMs.set(deployment.metadata.uid, clock.now())
    store.update(placeOf("deployments", deployment), (now) => {
      const conditions = now.status?.conditions
      const known = findCondition(conditions, "Progressing") !== null
      const finding = existed
        ? progressing("True", "FoundNewReplicaSet", `Found new replica set "${set.metadata.name}"`)
        : progressing("True", "NewReplicaSetCreated", `Created new replica set "${set.metadata.name}"`)
      const annotations = { ...now.metadata.annotations, [revisionAnnotation]: revision }
      return {
        ...now,
        metadata: { ...now.metadata, annotations },
        status:
          !hasDeadline(now) || (existed && known)
            ? (now.status ?? {})
            : { ...now.status, conditions: withCondition(conditions, finding, clock.now()) },
      }
    })
  }

  #scale(deployment: Deployment, { current, old }: Sets): boolean {
    if (current === null) return false
    const limits = limitsOf(deployment.spec)
    const fresh = shareOf(current)
    const to =
      deployment.spec.strategy.type === "Recreate"
        ? limits.replicas
        : newReplicas(limits, fresh.replicas, [fresh, ...old.map(shareOf)])
    if (scaleSet(this.#bench, deployment, current, to)) return true
    const targets = oldReplicas(limits, fresh, old.map(shareOf))
    const scaled = old.map((set, index) =>
      scaleSet(this.#bench, deployment, set, targets[index] ?? set.spec.replicas),
    )
    if (isComplete(deployment, deployment.status)) this.#cleanUp(deployment, old)
    return scaled.includes(true)
  }

  #cleanUp({ spec }: Deployment, old: readonly ReplicaSet[]): void {
    const empty = old.filter((set) => set.spec.replicas === 0 && set.status?.replicas === 0)
    const excess = Math.max(0, empty.length - spec.revisionHistoryLimit)
    for (const set of empty.slice(0, excess)) this.#bench.store.remove(placeOf("replicasets", set))
  }

  /** Writes the status. @returns when the deadline of the progress is to be looked at. */
  #report({ metadata }: Deployment): number | null {
    const { store, pace, clock } = this.#bench
    const { namespace = "", name, uid } = metadata
    const deployment = store.get({ resource: "deployments", namespace, name })
    if (deployment === null) return null
    const deadlineMs = deployment.spec.progressDeadlineSeconds * pace.secondMs
    const sinceMs = clock.now() - (this.#progressMs.get(uid) ?? clock.now())
    const status = rolloutStatus(this.#rolloutOf(deployment, sinceMs > deadlineMs))
    if (progressOf(status) !== progressOf(deployment.status)) this.#progressMs.set(uid, clock.now())
    writeStatus(store, "deployments", deployment, status)
    const stuck = hasDeadline(deployment) && !isComplete(deployment, status) && sinceMs <= deadlineMs
    return stuck ? deadlineMs - sinceMs + 1 : null
  }

  #rolloutOf(deployment: Deployment, late: boolean): Rollout {
    const { current, old } = findSets(this.#bench, deployment)
    const sets = current === null ? old : [...old, current]
    return { deployment, sets, current, nowMs: this.#bench.clock.now(), late }
  }

  #syncPaused(deployment: Deployment): void {
    const { current, old } = findSets(this.#bench, deployment)
    const active = [...old, ...(current === null ? [] : [current])].filter(({ spec }) => spec.replicas > 0)
    const [only, ...others] = active
    if (only !== undefined && others.length === 0) {
      scaleSet(this.#bench, deployment, only, deployment.spec.replicas)
    }
    writeStatus(
      this.#bench.store,
      "deployments",
      deployment,
      countedStatus(this.#rolloutOf(deployment, false)),
    )
  }

  #notePause(deployment: Deployment): Deployment {
    if (!hasDeadline(deployment)) return deployment
    const condition = findCondition(deployment.status?.conditions, "Progressing")
    if (condition?.reason === "ProgressDeadlineExceeded") return deployment
    const wasPaused = condition?.reason === "DeploymentPaused"
    if (deployment.spec.paused === true && !wasPaused) {
      return this.#setCondition(deployment, "DeploymentPaused", "Deployment is paused")
    }
    if (deployment.spec.paused !== true && wasPaused) {
      return this.#setCondition(deployment, "DeploymentResumed", "Deployment is resumed")
    }
    return deployment
  }

  #setCondition(deployment: Deployment, reason: string, message: string): Deployment {
    const { store, clock } = this.#bench
    const finding = progressing("Unknown", reason, message)
    this.#progressMs.set(deployment.metadata.uid, clock.now())
    const conditions = withCondition(deployment.status?.conditions, finding, clock.now())
    return store.replace("deployments", { ...deployment, status: { ...deployment.status, conditions } })
  }
}

function progressOf(status: DeploymentStatus | undefined): Condition | null {
  return findCondition(status?.conditions, "Progressing")
}
