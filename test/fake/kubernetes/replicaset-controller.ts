import { ApiError } from "./api-error.ts"
import { Availability } from "./availability.ts"
import { withCondition, withoutCondition } from "./condition.ts"
import { type Bench, type Controller, writeStatus } from "./controller.ts"
import type { ReplicaSet } from "./kinds.ts"
import type { Condition } from "./object.ts"
import { ownedBy } from "./ownership.ts"
import type { Pod } from "./pod.ts"
import { isActive } from "./pod-factory.ts"
import { isReady } from "./pod-status.ts"
import { sparse } from "./sparse.ts"

const retrySeconds = 5

/** Keeps as many pods of a ReplicaSet as it wants. */
export class ReplicaSetController implements Controller<"replicasets"> {
  readonly resource = "replicasets"
  readonly kind = "ReplicaSet"
  readonly #bench: Bench
  readonly #availability: Availability

  constructor(bench: Bench) {
    this.#bench = bench
    this.#availability = new Availability(bench.clock, bench.pace)
  }

  sync(set: ReplicaSet): number | null {
    const { store, pace } = this.#bench
    const failure = this.#manage(set, ownedBy(store, set, "pods").filter(isActive))
    const all = ownedBy(store, set, "pods")
    const current = all.filter(isActive)
    this.#report(set, current, all.length - current.length, failure)
    if (failure !== null) return retrySeconds * pace.secondMs
    return this.#availability.nextMs(current, set.spec.minReadySeconds)
  }

  #manage(set: ReplicaSet, pods: readonly Pod[]): ApiError | null {
    const missing = set.spec.replicas - pods.length
    if (missing < 0) {
      for (const pod of leastWanted(pods).slice(0, -missing)) this.#bench.pods.delete(pod)
      return null
    }
    try {
      for (let count = 0; count < missing; count++) {
        this.#bench.pods.create({ owner: set, template: set.spec.template })
      }
      return null
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const message = `Error creating: ${error.message}`
      const happening = { type: "Warning", reason: "FailedCreate", message } as const
      this.#bench.recorder.record(set, "replicaset-controller", happening)
      return error
    }
  }

  #report(set: ReplicaSet, pods: readonly Pod[], terminating: number, failure: ApiError | null): void {
    const { minReadySeconds } = set.spec
    const conditions = this.#conditions(set, failure)
    writeStatus(this.#bench.store, "replicasets", set, {
      replicas: pods.length,
      ...sparse({
        observedGeneration: set.metadata.generation,
        fullyLabeledReplicas: pods.length,
        readyReplicas: pods.filter(isReady).length,
        availableReplicas: pods.filter((pod) => this.#availability.isAvailable(pod, minReadySeconds)).length,
      }),
      terminatingReplicas: terminating,
      ...(conditions.length === 0 ? {} : { conditions }),
    })
  }

  #conditions(set: ReplicaSet, failure: ApiError | null): readonly Condition[] {
    const conditions = set.status?.conditions
    if (failure === null) return withoutCondition(conditions, "ReplicaFailure")
    const { message } = failure
    const finding = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message } as const
    // Unlike those of a Deployment they have one time only.
    return withCondition(conditions, finding, this.#bench.clock.now()).map(
      ({ lastUpdateTime, ...condition }) => condition,
    )
  }
}

// Those without a node go first, then those that are not ready, then the youngest.
function leastWanted(pods: readonly Pod[]): Pod[] {
  const rank = (pod: Pod) => (pod.spec.nodeName === undefined ? 0 : isReady(pod) ? 2 : 1)
  return pods.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      Number(other.metadata.resourceVersion) - Number(one.metadata.resourceVersion),
  )
}
