import type { Kinds, ResourceName } from "./kinds.ts"
import type { Stored } from "./object.ts"
import { controllerOf } from "./ownership.ts"
import type { PodFactory } from "./pod-factory.ts"
import { type Change, placeOf, type Store } from "./store.ts"

const dependents: readonly ResourceName[] = ["replicasets", "controllerrevisions", "jobs", "pods"]

/** Deletes what an object controlled once that object is gone. Pods are stopped first. */
export function collectGarbage(store: Store, pods: PodFactory): void {
  store.subscribe(({ type, object }: Change) => {
    if (type !== "DELETED") return
    for (const resource of dependents) {
      for (const one of ownedByGone(store, resource, object)) {
        if (resource === "pods") pods.delete(one as Kinds["pods"])
        else store.remove(placeOf(resource, one))
      }
    }
  })
}

/** Takes the owner away from what it controls, which then outlives it. */
export function orphanDependents(store: Store, owner: Stored): void {
  for (const resource of dependents) {
    for (const one of ownedByGone(store, resource, owner)) {
      const { ownerReferences: _, ...metadata } = one.metadata
      store.replace(resource, { ...one, metadata } as Kinds[typeof resource])
    }
  }
}

function ownedByGone(store: Store, resource: ResourceName, owner: Stored): Stored[] {
  return store
    .list(resource, owner.metadata.namespace ?? "")
    .filter((object) => controllerOf(object)?.uid === owner.metadata.uid)
}
