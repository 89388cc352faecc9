import { once } from "node:events"
import { EnvsealError } from "../../src/core/error.ts"
import type { Workload } from "../../src/core/kubernetes.ts"
import type { WorkloadKind } from "../../src/core/workload.ts"
import type { Observation } from "../../src/ports/cluster.ts"
import type { ClusterWatchPorts } from "../../src/status/run/ports.ts"
import { FakeTimer } from "../fake/timer.ts"
import { now, Site } from "./cluster-scene.ts"

/** A cluster that goes on: what changes in it is seen at once by every watch. */
export class GoingSite extends Site {
  readonly timer = new FakeTimer()
  /** Why no watch begins. */
  refusal: EnvsealError | null = null
  /** Kinds that may be listed and not watched. */
  unwatched: readonly WorkloadKind[] = []
  #lost: string | null = null
  #next = Promise.withResolvers<void>()

  see(...workloads: readonly Workload[]): void {
    this.workloads = workloads
    this.#lost = null
    this.#ring()
  }

  lose(why: string): void {
    this.#lost = why
    this.#ring()
  }

  get watchPorts(): ClusterWatchPorts {
    const { cluster, ...others } = this.ports
    const observeWorkloads = (kind: WorkloadKind, namespace: string | null, signal: AbortSignal) =>
      this.#observe(kind, namespace, signal)
    return {
      ...others,
      cluster: { ...cluster, observeWorkloads },
      timer: this.timer,
      clock: { now: () => new Date(now.getTime() + this.timer.nowMs()) },
    }
  }

  #ring(): void {
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  async *#observe(
    kind: WorkloadKind,
    namespace: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<Observation<readonly Workload[]>, void> {
    while (!signal.aborted) {
      const { promise: next } = this.#next
      if (this.refusal !== null) throw this.refusal
      if (this.unwatched.includes(kind)) throw new EnvsealError("ACCESS_DENIED", `no watch of ${kind}`)
      if (this.#lost !== null) yield { type: "lost", why: this.#lost }
      else yield { type: "view", view: await this.ports.cluster.workloads(kind, namespace) }
      await Promise.race([next, once(signal, "abort")])
    }
  }
}
