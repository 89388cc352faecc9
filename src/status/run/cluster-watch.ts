import type { Workload } from "../../core/kubernetes.ts"
import { type WorkloadKind, workloadKinds } from "../../core/workload.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import { failureOf } from "../../deploy/run/failure.ts"
import type { Observation } from "../../ports/cluster.ts"
import { type ClusterSight, type ClusterStatus, clusterStatusOf } from "./cluster-apps.ts"
import { lostFailure } from "./loss.ts"
import type { ClusterWatchPorts } from "./ports.ts"
import { pauseMs, repeat } from "./repeat.ts"
import { VersionBook } from "./version-book.ts"

/** What was last seen of a kind, and why it is not seen now. */
interface KindSight {
  readonly workloads: readonly Workload[]
  readonly failure: DeployFailure | null
}

const nothing: KindSight = { workloads: [], failure: null }

/**
 * Goes on looking at what envseal deployed in a cluster. Each kind is watched by itself: one that may be listed and not
 * watched is listed again and again, and one that may not even be listed is asked for again.
 */
export class ClusterWatch {
  readonly #namespace: string | null
  readonly #ports: ClusterWatchPorts
  readonly #tell: (status: ClusterStatus) => void
  readonly #sights = new Map<WorkloadKind, KindSight>()
  #versions: VersionBook
  #isDue = false
  #telling: Promise<void> | null = null
  #told = ""

  /**
   * @param namespace `null` for all of them.
   * @param tell called once all was asked, and then after each change.
   */
  constructor(namespace: string | null, ports: ClusterWatchPorts, tell: (status: ClusterStatus) => void) {
    this.#namespace = namespace
    this.#ports = ports
    this.#tell = tell
    this.#versions = new VersionBook(ports)
  }

  /** Ends once `signal` aborts. What fails is part of the report; what is thrown is a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const again = (ms: number, work: () => Promise<void>) => repeat(this.#ports.timer, ms, signal, work)
    await Promise.all([
      ...workloadKinds.map((kind) => again(pauseMs.cluster, () => this.#follow(kind, signal))),
      again(pauseMs.secrets, () => this.#askVersions()),
    ])
  }

  /** Ends when the cluster refuses, to be tried again. */
  async #follow(kind: WorkloadKind, signal: AbortSignal): Promise<void> {
    try {
      const seen = this.#ports.cluster.observeWorkloads(kind, this.#namespace, signal)
      for await (const observation of seen) await this.#answer(kind, this.#sightOf(kind, observation))
    } catch (error) {
      const failure = failureOf(error)
      const sight = failure.code === "ACCESS_DENIED" ? await this.#list(kind) : this.#without(kind, failure)
      await this.#answer(kind, sight)
    }
  }

  #sightOf(kind: WorkloadKind, observation: Observation<readonly Workload[]>): KindSight {
    if (observation.type === "view") return { workloads: observation.view, failure: null }
    return this.#without(kind, lostFailure(observation.why))
  }

  async #list(kind: WorkloadKind): Promise<KindSight> {
    try {
      return { workloads: await this.#ports.cluster.workloads(kind, this.#namespace), failure: null }
    } catch (error) {
      return this.#without(kind, failureOf(error))
    }
  }

  /** What was seen before stays, but for what one may not see any more. */
  #without(kind: WorkloadKind, failure: DeployFailure): KindSight {
    const { workloads } = failure.code === "ACCESS_DENIED" ? nothing : (this.#sights.get(kind) ?? nothing)
    return { workloads, failure }
  }

  /** Nothing that changes in the cluster waits for the answers. */
  async #askVersions(): Promise<void> {
    const versions = new VersionBook(this.#ports)
    await clusterStatusOf(this.#sight(), versions, this.#ports.clock.now())
    this.#versions = versions
    await this.#changed()
  }

  async #answer(kind: WorkloadKind, sight: KindSight): Promise<void> {
    this.#sights.set(kind, sight)
    await this.#changed()
  }

  /** What changes while versions are asked for is told after that, so that the newest is told last. */
  #changed(): Promise<void> {
    this.#isDue = true
    this.#telling ??= this.#tellAll()
    return this.#telling
  }

  async #tellAll(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false
      await this.#tellChange()
    }
    this.#telling = null
  }

  /** Tells nothing before all was asked. */
  async #tellChange(): Promise<void> {
    if (this.#sights.size < workloadKinds.length) return
    const status = await clusterStatusOf(this.#sight(), this.#versions, this.#ports.clock.now())
    const text = JSON.stringify({ ...status, at: null })
    if (text === this.#told) return
    this.#told = text
    this.#tell(status)
  }

  #sight(): ClusterSight {
    const sights = workloadKinds.flatMap((kind) => {
      const sight = this.#sights.get(kind)
      return sight === undefined ? [] : [{ kind, ...sight }]
    })
    const failed = sights.flatMap(({ kind, failure }) => (failure === null ? [] : [[kind, failure] as const]))
    const [denied, others] = [
      failed.filter(([, { code }]) => code === "ACCESS_DENIED"),
      failed.filter(([, { code }]) => code !== "ACCESS_DENIED"),
    ]
    return {
      cluster: this.#ports.cluster.name,
      namespace: this.#namespace,
      workloads: sights.flatMap(({ workloads }) => workloads),
      denials: new Map(denied),
      // One cluster that cannot be reached hides all kinds alike.
      failures: others.slice(0, 1).map(([, failure]) => failure),
    }
  }
}
