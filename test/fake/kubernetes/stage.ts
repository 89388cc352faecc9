import { ManualClock } from "./clock.ts"
import { type Cluster, createCluster } from "./cluster.ts"
import type { Json } from "./json-patch.ts"
import type { Kinds, ResourceName } from "./kinds.ts"
import type { Manifest } from "./manifest.ts"
import type { Plays } from "./play.ts"
import type { Pod } from "./pod.ts"
import { resourceNamed, resources } from "./resources.ts"
import { defaultSetup } from "./setup.ts"
import { createObject, type PatchType, patchObject, type Target } from "./writing.ts"

/** A cluster without its API server, on a clock that stands still: for the tests of what is in it. */
export class Stage {
  readonly clock = new ManualClock()
  readonly cluster: Cluster

  constructor(plays: Plays = {}) {
    this.cluster = createCluster({ ...defaultSetup, plays }, this.clock)
  }

  /** Creates an object, and lets that time go by. */
  create(manifest: Manifest, thenMs = 0): void {
    const resource = resources.find(({ kind }) => kind === manifest.kind)
    if (resource === undefined) throw new Error(`no resource has the kind ${manifest.kind}`)
    createObject(this.cluster.store, { ...target("pods", ""), resource }, { ...manifest })
    this.clock.advance(thenMs)
  }

  patch(resource: ResourceName, name: string, patch: Json, type: PatchType = "merge"): void {
    patchObject(this.cluster.store, target(resource, name), type, patch)
  }

  /** Sets the image of the container `app`. */
  setImage(resource: ResourceName, name: string, image: string): void {
    const spec = { template: { spec: { containers: [{ name: "app", image }] } } }
    this.patch(resource, name, { spec }, "strategic")
  }

  /** @throws Error when it is gone */
  read<R extends ResourceName>(resource: R, name: string): Kinds[R] {
    const found = this.cluster.store.get({ resource, namespace: "shop", name })
    if (found === null) throw new Error(`${name} is gone`)
    return found
  }

  /** In the order of their names. */
  get pods(): readonly Pod[] {
    return this.cluster.store.list("pods", "shop")
  }

  /** Of the first container of each pod. */
  get images(): readonly (string | undefined)[] {
    return this.pods.map(({ spec }) => spec.containers[0]?.image)
  }

  /** What was reported, such as `Warning BackOff`. */
  get happenings(): readonly string[] {
    return this.cluster.store.list("events", "shop").map(({ type, reason }) => `${type} ${reason}`)
  }
}

function target(resource: ResourceName, name: string): Target {
  return { resource: resourceNamed(resource), namespace: "shop", name, dryRun: false }
}
