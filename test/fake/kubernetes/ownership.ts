import type { Kinds, ResourceName } from "./kinds.ts"
import type { OwnerReference, Stored } from "./object.ts"
import type { Store } from "./store.ts"

/** Who controls an object. @returns `null` when nobody does. */
export function controllerOf({ metadata }: Stored): OwnerReference | null {
  return metadata.ownerReferences?.find(({ controller }) => controller === true) ?? null
}

/** The objects of a resource that an object controls, in the order of their names. */
export function ownedBy<R extends ResourceName>(store: Store, owner: Stored, resource: R): Kinds[R][] {
  return store
    .list(resource, owner.metadata.namespace ?? "")
    .filter((object) => controllerOf(object)?.uid === owner.metadata.uid)
}

/** What an object that is controlled says of its controller. */
export function controllerReference({ apiVersion, kind, metadata }: Stored): OwnerReference {
  const { name, uid } = metadata
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
}
