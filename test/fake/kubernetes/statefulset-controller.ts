import { ApiError } from "./api-error.ts"
import { Availability } from "./availability.ts"
import { type Bench, type Controller, writeStatus } from "./controller.ts"
import type { ControllerRevision, StatefulSet, StatefulSetStatus } from "./kinds.ts"
import { ownedBy } from "./ownership.ts"
import type { Pod } from "./pod.ts"
import { isReady } from "./pod-status.ts"
import { namedRevision, revisionLabel, revisionOfPod, updateRevision } from "./revision.ts"
import { sparse } from "./sparse.ts"
import { type Action, planStatefulSet, type Situation } from "./statefulset-plan.ts"
import { withLabel } from "./template.ts"

const retrySeconds = 5

/** Keeps the pods of a StatefulSet, one after the other. */
export class StatefulSetController implements Controller<"statefulsets"> {
  readonly resource = "statefulsets"
  readonly kind = "StatefulSet"
  readonly #bench: Bench
  readonly #availability: Availability

  constructor(bench: Bench) {
    this.#bench = bench
    this.#availability = new Availability(bench.clock, bench.pace)
  }

  sync(set: StatefulSet): number | null {
    const { store, pace } = this.#bench
    const update = updateRevision(store, set)
    const current = namedRevision(store, set, set.status?.currentRevision) ?? update
    const failed = planStatefulSet(this.#situation(set, current, update)).some(
      (action) => !this.#perform(set, action, [current, update]),
    )
    const after = this.#situation(set, current, update)
    writeStatus(store, "statefulsets", set, statusOf(after))
    if (failed) return retrySeconds * pace.secondMs
    return this.#availability.nextMs(after.pods, set.spec.minReadySeconds)
  }

  #situation(set: StatefulSet, current: ControllerRevision, update: ControllerRevision): Situation {
    return {
      set,
      pods: ownedBy(this.#bench.store, set, "pods"),
      currentRevision: current.metadata.name,
      updateRevision: update.metadata.name,
      isAvailable: (pod) => this.#availability.isAvailable(pod, set.spec.minReadySeconds),
    }
  }

  /** @returns false when the pod was refused. */
  #perform(set: StatefulSet, action: Action, revisions: readonly ControllerRevision[]): boolean {
    if (action.do === "delete") {
      this.#bench.pods.delete(action.pod)
      return true
    }
    const name = `${set.metadata.name}-${action.ordinal}`
    const template = revisions.find(({ metadata }) => metadata.name === action.revision)?.data
    const labelled = withLabel(
      withLabel(template ?? set.spec.template, revisionLabel, action.revision),
      "statefulset.kubernetes.io/pod-name",
      name,
    )
    try {
      this.#bench.pods.create({ owner: set, template: labelled, name })
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const message = `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`
      const happening = { type: "Warning", reason: "FailedCreate", message } as const
      this.#bench.recorder.record(set, "statefulset-controller", happening)
      return false
    }
  }
}

function statusOf({ set, pods, currentRevision, updateRevision: update, isAvailable }: Situation) {
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  const of = (revision: string) => living.filter((pod) => revisionOfPod(pod) === revision).length
  const ready = pods.filter(isReady)
  const status: StatefulSetStatus = {
    ...sparse({
      observedGeneration: set.metadata.generation ?? 0,
      readyReplicas: ready.length,
      currentReplicas: of(currentRevision),
      updatedReplicas: of(update),
    }),
    replicas: pods.length,
    availableReplicas: ready.filter((pod: Pod) => isAvailable(pod)).length,
    collisionCount: 0,
    currentRevision,
    updateRevision: update,
  }
  return isUpdated(set, status)
    ? { ...status, ...sparse({ currentReplicas: status.updatedReplicas }), currentRevision: update }
    : status
}

function isUpdated({ spec }: StatefulSet, status: StatefulSetStatus): boolean {
  return (
    spec.updateStrategy.type === "RollingUpdate" &&
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.readyReplicas ?? 0) === spec.replicas &&
    status.replicas === spec.replicas
  )
}
