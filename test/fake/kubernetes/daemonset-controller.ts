import { ApiError } from "./api-error.ts"
import { Availability } from "./availability.ts"
import { type Bench, type Controller, writeStatus } from "./controller.ts"
import type { DaemonSet, DaemonSetStatus } from "./kinds.ts"
import { ownedBy } from "./ownership.ts"
import type { Pod, PodTemplate } from "./pod.ts"
import { isReady } from "./pod-status.ts"
import { revisionLabel, revisionOfPod, updateRevision } from "./revision.ts"
import { resolve } from "./rollout-scale.ts"
import { sparse } from "./sparse.ts"
import { withLabel } from "./template.ts"

const retrySeconds = 5

/** Keeps one pod of a DaemonSet on each node. It knows `maxUnavailable`, and no `maxSurge`. */
export class DaemonSetController implements Controller<"daemonsets"> {
  readonly resource = "daemonsets"
  readonly kind = "DaemonSet"
  readonly #bench: Bench
  readonly #availability: Availability

  constructor(bench: Bench) {
    this.#bench = bench
    this.#availability = new Availability(bench.clock, bench.pace)
  }

  sync(set: DaemonSet): number | null {
    const { store, pods, pace } = this.#bench
    const hash = updateRevision(store, set).metadata.labels?.[revisionLabel] ?? ""
    const created = this.#fill(set, withLabel(set.spec.template, revisionLabel, hash))
    if (set.spec.updateStrategy.type === "RollingUpdate") {
      for (const pod of this.#outdated(set, hash)) pods.delete(pod)
    }
    const all = ownedBy(store, set, "pods")
    writeStatus(store, "daemonsets", set, this.#statusOf(set, all, hash))
    if (!created) return retrySeconds * pace.secondMs
    return this.#availability.nextMs(all, set.spec.minReadySeconds)
  }

  /** @returns false when a pod was refused. */
  #fill(set: DaemonSet, template: PodTemplate): boolean {
    const taken = ownedBy(this.#bench.store, set, "pods").map(({ spec }) => spec.nodeName)
    const free = this.#bench.nodes.filter((node) => !taken.includes(node))
    try {
      for (const nodeName of free) this.#bench.pods.create({ owner: set, template, nodeName })
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const message = `Error creating: ${error.message}`
      this.#bench.recorder.record(set, "daemonset-controller", {
        type: "Warning",
        reason: "FailedCreate",
        message,
      })
      return false
    }
  }

  // Old pods that are not available go at once; of the others as many as may be unavailable (daemon `rollingUpdate`).
  #outdated(set: DaemonSet, hash: string): readonly Pod[] {
    const { nodes, store } = this.#bench
    const living = ownedBy(store, set, "pods").filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    )
    const old = living.filter((pod) => revisionOfPod(pod) !== hash)
    const broken = old.filter((pod) => !this.#isAvailable(set, pod))
    const available = living.filter((pod) => this.#isAvailable(set, pod))
    const limit = resolve(set.spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 1, nodes.length, Math.ceil)
    const room = Math.max(0, limit - (nodes.length - available.length))
    return [...broken, ...old.filter((pod) => !broken.includes(pod)).slice(0, room)]
  }

  #isAvailable(set: DaemonSet, pod: Pod): boolean {
    return this.#availability.isAvailable(pod, set.spec.minReadySeconds)
  }

  #statusOf(set: DaemonSet, pods: readonly Pod[], hash: string): DaemonSetStatus {
    const desired = this.#bench.nodes.length
    const available = pods.filter((pod) => this.#isAvailable(set, pod)).length
    return {
      currentNumberScheduled: pods.length,
      desiredNumberScheduled: desired,
      numberReady: pods.filter(isReady).length,
      ...sparse({
        observedGeneration: set.metadata.generation ?? 0,
        updatedNumberScheduled: pods.filter((pod) => revisionOfPod(pod) === hash).length,
        numberAvailable: available,
        numberUnavailable: desired - available,
      }),
      numberMisscheduled: 0,
    }
  }
}
