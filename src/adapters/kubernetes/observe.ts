import { setTimeout as sleep } from "node:timers/promises"
import type { Pod, ReplicaSet, Workload } from "../../core/kubernetes.ts"
import type { WorkloadKind } from "../../core/workload.ts"
import type { ClusterView, Observation } from "../../ports/cluster.ts"
import type { ApiClient } from "./client.ts"
import { Reflector } from "./reflector.ts"
import { pods, replicaSets, workloadResources } from "./resource.ts"

/** How often the time since the server was lost is looked at. */
const lookMs = 500

/**
 * Watches workloads of these kinds with their ReplicaSets and pods, by one reflector for each kind of object.
 *
 * @throws EnvsealError what cannot pass.
 */
export function observe(
  client: ApiClient,
  namespace: string,
  kinds: readonly WorkloadKind[],
  signal: AbortSignal,
): AsyncGenerator<Observation, void> {
  const bell = new Bell()
  const reflect = (resource: (typeof workloadResources)[WorkloadKind] | typeof pods) =>
    new Reflector(client, resource, namespace, () => bell.ring())
  const workloads = kinds.map((kind) => reflect(workloadResources[kind]))
  const sets = kinds.includes("Deployment") ? [reflect(replicaSets)] : []
  const ofPods = reflect(pods)
  const reflectors = [...workloads, ...sets, ofPods]
  return follow(client, { reflectors, view: () => viewOf(workloads, sets, ofPods), bell }, signal)
}

/**
 * Watches the workloads of one kind.
 *
 * @param namespace `null` for all of them.
 * @throws EnvsealError what cannot pass.
 */
export function observeWorkloads(
  client: ApiClient,
  namespace: string | null,
  kind: WorkloadKind,
  signal: AbortSignal,
): AsyncGenerator<Observation<readonly Workload[]>, void> {
  const bell = new Bell()
  const reflector = new Reflector(client, workloadResources[kind], namespace, () => bell.ring())
  // It holds objects of the kind that it was made for.
  const view = () => reflector.objects as readonly Workload[] | null
  return follow(client, { reflectors: [reflector], view, bell }, signal)
}

/** What is watched together. */
interface Watched<V> {
  readonly reflectors: readonly Reflector[]
  /** `null` until everything has been listed once. */
  readonly view: () => V | null
  readonly bell: Bell
}

async function* follow<V>(
  client: ApiClient,
  watched: Watched<V>,
  signal: AbortSignal,
): AsyncGenerator<Observation<V>, void> {
  const { reflectors, bell } = watched
  const stop = new AbortController()
  const all = AbortSignal.any([signal, stop.signal])
  const over = Promise.all(reflectors.map((reflector) => reflector.run(all)))
  over.catch((error) => bell.break(error))
  try {
    yield* views(client, watched, all)
  } finally {
    stop.abort()
    await over.catch(() => undefined)
  }
}

async function* views<V>(
  { limits }: ApiClient,
  { reflectors, view, bell }: Watched<V>,
  signal: AbortSignal,
): AsyncGenerator<Observation<V>, void> {
  let toldLostAtMs: number | null = null
  let progress = false
  while (!signal.aborted) {
    await bell.heard(lookMs, signal)
    if (signal.aborted) return
    progress = bell.take() || progress
    const nowMs = performance.now()
    const lost = reflectors
      .flatMap(({ trouble }) => trouble ?? [])
      .find(({ sinceMs }) => nowMs - sinceMs >= limits.lostAfterMs)
    if (lost !== undefined) {
      if (toldLostAtMs !== null && nowMs - toldLostAtMs < limits.lostEveryMs) continue
      toldLostAtMs = nowMs
      yield { type: "lost", why: lost.why }
      continue
    }
    const seen = progress || toldLostAtMs !== null ? view() : null
    if (seen === null) continue
    progress = false
    toldLostAtMs = null
    yield { type: "view", view: seen }
    await sleep(limits.viewMs, undefined, { signal }).catch(() => undefined)
  }
}

/** @returns `null` until everything has been listed once. */
function viewOf(
  workloads: readonly Reflector[],
  sets: readonly Reflector[],
  ofPods: Reflector,
): ClusterView | null {
  if ([...workloads, ...sets, ofPods].some(({ objects }) => objects === null)) return null
  // Each reflector holds objects of the kind that it was made for.
  return {
    workloads: workloads.flatMap(({ objects }) => (objects ?? []) as readonly Workload[]),
    replicaSets: sets.flatMap(({ objects }) => (objects ?? []) as readonly ReplicaSet[]),
    pods: (ofPods.objects ?? []) as readonly Pod[],
  }
}

/** Wakes one who waits, and remembers that it rang. */
class Bell {
  #rung = false
  #broken: { readonly error: unknown } | null = null
  #wake: (() => void) | null = null

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Makes the waiting call fail. */
  break(error: unknown): void {
    this.#broken = { error }
    this.#wake?.()
  }

  /** @returns whether it rang since it was last asked. */
  take(): boolean {
    const rung = this.#rung
    this.#rung = false
    return rung
  }

  /** Returns when it rings, after `ms` at the latest. */
  async heard(ms: number, signal: AbortSignal): Promise<void> {
    this.#throwBroken()
    if (this.#rung) return
    const wait = new AbortController()
    this.#wake = () => wait.abort()
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, wait.signal]) }).catch(() => undefined)
    this.#wake = null
    this.#throwBroken()
  }

  #throwBroken(): void {
    if (this.#broken !== null) throw this.#broken.error
  }
}
