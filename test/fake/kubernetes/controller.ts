import type { Clock } from "./clock.ts"
import type { Kinds, ResourceName } from "./kinds.ts"
import { controllerOf } from "./ownership.ts"
import type { Pace } from "./pace.ts"
import type { PodFactory } from "./pod-factory.ts"
import type { Recorder } from "./recorder.ts"
import { placeOf, type Store } from "./store.ts"

/** What a controller works with. */
export interface Bench {
  readonly store: Store
  readonly clock: Clock
  readonly pace: Pace
  readonly recorder: Recorder
  readonly pods: PodFactory
  readonly nodes: readonly string[]
}

/** Brings objects of one resource to what their spec wants. */
export interface Controller<R extends ResourceName> {
  readonly resource: R
  readonly kind: string
  /**
   * Looks at one object, and does what there is to do now. It is called again when the object or one that it owns
   * has changed.
   *
   * @returns after how many milliseconds it wants to look again, or `null`.
   */
  sync(object: Kinds[R]): number | null
}

/** Calls a controller for each object that has changed, once for all changes of a moment. */
export function runController<R extends ResourceName>(controller: Controller<R>, bench: Bench): void {
  const { store, clock, pace } = bench
  const { resource, kind } = controller
  const queued = new Set<string>()
  const again = new Map<string, () => void>()

  function enqueue(namespace: string, name: string): void {
    const key = `${namespace}/${name}`
    if (queued.has(key)) return
    queued.add(key)
    clock.after(pace.controllerMs, () => {
      queued.delete(key)
      again.get(key)?.()
      again.delete(key)
      const object = store.get({ resource, namespace, name })
      if (object === null || object.metadata.deletionTimestamp !== undefined) return
      const delayMs = controller.sync(object)
      if (delayMs !== null)
        again.set(
          key,
          clock.after(delayMs, () => enqueue(namespace, name)),
        )
    })
  }

  store.subscribe(({ resource: changed, type, object }) => {
    const { namespace = "", name } = object.metadata
    const owner = controllerOf(object)
    if (changed === resource && type !== "DELETED") enqueue(namespace, name)
    else if (changed !== resource && owner?.kind === kind) enqueue(namespace, owner.name)
  })
}

/** Writes a status into the object as it is now. Writing the same one changes nothing. */
export function writeStatus<R extends ResourceName>(
  store: Store,
  resource: R,
  object: Kinds[R],
  status: unknown,
): void {
  store.update(placeOf(resource, object), (current) => ({ ...current, status }))
}
