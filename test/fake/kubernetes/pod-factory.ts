import { randomInt } from "node:crypto"
import { ApiError } from "./api-error.ts"
import { type Clock, timestamp } from "./clock.ts"
import type { Stored } from "./object.ts"
import { controllerReference } from "./ownership.ts"
import type { Pod, PodTemplate } from "./pod.ts"
import { placeOf, type Store } from "./store.ts"
import { admit, type Webhook } from "./webhook.ts"

/** How many pods a namespace may have, as a ResourceQuota limits them. */
export type Quotas = Readonly<Record<string, number>>

export interface NewPod {
  readonly owner: Stored
  readonly template: PodTemplate
  /** Without it, one that begins as the owner's. */
  readonly name?: string
  readonly nodeName?: string
}

const letters = "bcdfghjklmnpqrstvwxz2456789"
const podGraceSeconds = 30

/** Creates and deletes the pods of controllers. */
export class PodFactory {
  readonly #store: Store
  readonly #clock: Clock
  readonly #quotas: () => Quotas
  readonly #webhooks: () => readonly Webhook[]

  constructor(store: Store, clock: Clock, quotas: () => Quotas, webhooks: () => readonly Webhook[]) {
    this.#store = store
    this.#clock = clock
    this.#quotas = quotas
    this.#webhooks = webhooks
  }

  /** @throws ApiError 403 when the namespace has as many as it may have, and what a webhook denies. */
  create({ owner, template, name = `${owner.metadata.name}-${suffix()}`, nodeName }: NewPod): Pod {
    const { namespace = "" } = owner.metadata
    this.#checkQuota(namespace, name)
    const { labels, annotations } = template.metadata ?? {}
    const { spec } = admit(
      this.#webhooks(),
      { resource: "pods", name, dryRun: false },
      { spec: template.spec },
    )
    return this.#store.create("pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        namespace,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
        ownerReferences: [controllerReference(owner)],
      },
      spec: { ...(spec as PodTemplate["spec"]), ...(nodeName === undefined ? {} : { nodeName }) },
      status: { phase: "Pending" },
    })
  }

  /** Marks it; the kubelet stops it, and then it is gone. */
  delete(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return
    this.#store.update(placeOf("pods", pod), (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        deletionTimestamp: timestamp(this.#clock.now() + podGraceSeconds * 1000),
        deletionGracePeriodSeconds: podGraceSeconds,
      },
    }))
  }

  #checkQuota(namespace: string, name: string): void {
    const limit = this.#quotas()[namespace]
    if (limit === undefined) return
    const used = this.#store.list("pods", namespace).filter(({ status }) => !hasEnded(status.phase)).length
    if (used < limit) return
    throw new ApiError(
      403,
      "Forbidden",
      `pods "${name}" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=${used}, limited: pods=${limit}`,
      { name, kind: "pods" },
    )
  }
}

/** Whether a pod counts: not one that has ended, or is about to. */
export function isActive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !hasEnded(status.phase)
}

/** Five characters, as Kubernetes appends them to a name. */
function suffix(): string {
  return Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join("")
}

function hasEnded(phase: Pod["status"]["phase"]): boolean {
  return phase === "Succeeded" || phase === "Failed"
}
