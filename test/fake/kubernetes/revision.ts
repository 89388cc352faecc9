import type { ControllerRevision, DaemonSet, StatefulSet } from "./kinds.ts"
import { controllerReference, ownedBy } from "./ownership.ts"
import type { Pod } from "./pod.ts"
import { placeOf, type Store } from "./store.ts"
import { sameTemplate, templateHash } from "./template.ts"

/** The label by which the pods of a StatefulSet or DaemonSet say which revision they are of. */
export const revisionLabel = "controller-revision-hash"

/** The revision of a set's template: a new one, or the one that has that template, which is then the newest. */
export function updateRevision(store: Store, set: StatefulSet | DaemonSet): ControllerRevision {
  const known = ownedBy(store, set, "controllerrevisions")
  const newest = Math.max(0, ...known.map(({ revision }) => revision))
  const same = known.find(({ data }) => sameTemplate(data, set.spec.template))
  if (same === undefined) return createRevision(store, set, newest + 1)
  if (same.revision === newest) return same
  return store.replace("controllerrevisions", { ...same, revision: newest + 1 })
}

/** @returns `null` when there is none of that name. */
export function namedRevision(store: Store, set: StatefulSet, name?: string): ControllerRevision | null {
  if (name === undefined) return null
  const { namespace } = placeOf("statefulsets", set)
  return store.get({ resource: "controllerrevisions", namespace, name })
}

export function revisionOfPod({ metadata }: Pod): string | undefined {
  return metadata.labels?.[revisionLabel]
}

function createRevision(store: Store, set: StatefulSet | DaemonSet, revision: number): ControllerRevision {
  const hash = templateHash(set.spec.template)
  return store.create("controllerrevisions", {
    apiVersion: "apps/v1",
    kind: "ControllerRevision",
    metadata: {
      name: `${set.metadata.name}-${hash}`,
      namespace: set.metadata.namespace ?? "",
      labels: { [revisionLabel]: hash },
      ownerReferences: [controllerReference(set)],
    },
    revision,
    data: set.spec.template,
  })
}
