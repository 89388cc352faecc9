import { ApiError } from "./api-error.ts"
import type { ResourceName } from "./kinds.ts"
import type { Container, PodSpec } from "./pod.ts"

/**
 * An admission webhook: what it does to objects that are created or changed. It is asked after the defaults are filled in,
 * and the object that it gives back is validated (Kubernetes documentation, "Dynamic Admission Control").
 */
export interface Webhook {
  readonly name: string
  /** Such as `pods`: what controllers create counts too. */
  readonly resources: readonly ResourceName[]
  /** Names of the objects that it is about; without it, all of them. */
  readonly objects?: readonly string[]
  /** Puts one beginning of each image in the place of another, as a mirror of a registry does. */
  readonly mirror?: { readonly from: string; readonly to: string }
  /** Adds a container, as a mesh does with its proxy. */
  readonly inject?: Container
  /** Denies what has an image that includes this. */
  readonly deny?: { readonly image: string; readonly message: string }
  /** Whether it does more than answer: then the server does not try a change (`dryRun`). */
  readonly sideEffects?: boolean
}

/** What is about to be stored. */
export interface Admitted {
  readonly resource: ResourceName
  readonly name: string
  readonly dryRun: boolean
}

type Loose = Readonly<Record<string, unknown>>

/** The object as the webhooks leave it. @throws ApiError for one that a webhook denies, or that cannot be tried. */
export function admit(
  webhooks: readonly Webhook[],
  { resource, name, dryRun }: Admitted,
  object: Loose,
): Loose {
  return webhooks
    .filter(({ resources, objects }) => resources.includes(resource) && (objects?.includes(name) ?? true))
    .reduce((current, webhook) => {
      if (dryRun && webhook.sideEffects === true) {
        throw new ApiError(400, "BadRequest", `admission webhook "${webhook.name}" does not support dry run`)
      }
      return changed(webhook, resource, current)
    }, object)
}

function changed(webhook: Webhook, resource: ResourceName, object: Loose): Loose {
  const path = specPath(resource)
  if (path === null) return object
  return at(object, path, (spec) => review(webhook, spec as unknown as PodSpec) as unknown as Loose)
}

function specPath(resource: ResourceName): readonly string[] | null {
  if (resource === "pods") return ["spec"]
  if (resource === "cronjobs") return ["spec", "jobTemplate", "spec", "template", "spec"]
  const withTemplate = ["deployments", "statefulsets", "daemonsets", "replicasets", "jobs"]
  return withTemplate.includes(resource) ? ["spec", "template", "spec"] : null
}

function review({ name, mirror, inject, deny }: Webhook, spec: PodSpec): PodSpec {
  const { containers, initContainers = [] } = spec
  const denied = [...containers, ...initContainers].some(
    ({ image = "" }) => deny && image.includes(deny.image),
  )
  if (deny !== undefined && denied) {
    throw new ApiError(
      403,
      "Forbidden",
      `admission webhook "${name}" denied the request: ${deny.message}`,
      {},
    )
  }
  const mirrored = (container: Container): Container =>
    mirror !== undefined && container.image?.startsWith(mirror.from) === true
      ? { ...container, image: mirror.to + container.image.slice(mirror.from.length) }
      : container
  const isThere = containers.some((one) => one.name === inject?.name)
  return {
    ...spec,
    containers: [...containers.map(mirrored), ...(inject === undefined || isThere ? [] : [inject])],
    ...(spec.initContainers === undefined ? {} : { initContainers: initContainers.map(mirrored) }),
  }
}

function at(object: Loose, [first, ...rest]: readonly string[], change: (part: Loose) => Loose): Loose {
  if (first === undefined) return change(object)
  return { ...object, [first]: at((object[first] ?? {}) as Loose, rest, change) }
}
