import { printable } from "../../core/text.ts"
import type { Fence, Right } from "../../ports/cluster.ts"

/** One request to the API server. */
export interface Operation {
  readonly right: Right
  /** `null` for what belongs to no namespace, and for all of them. */
  readonly namespace: string | null
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: unknown
  /** Of the body, where that is not JSON as such. */
  readonly contentType?: string
  /** Ends it early, by a failure. */
  readonly signal?: AbortSignal
  readonly fence?: Fence
}

/** Of an object (Kubernetes documentation, "Object Names and IDs"). */
const maxNameLength = 253

const methods = {
  get: "GET",
  list: "GET",
  watch: "GET",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
} as const satisfies Record<Right["verb"], string>

export function methodOf({ right }: Operation): string {
  return methods[right.verb]
}

/** Path and query, below the server's URL. All APIs in use are at version 1. */
export function pathOf({ right, namespace, query = {} }: Operation): string {
  const [resource = "", subresource] = right.resource.split("/")
  const steps = [
    ...(right.group === "" ? ["api", "v1"] : ["apis", right.group, "v1"]),
    ...(namespace === null ? [] : ["namespaces", namespace]),
    resource,
    ...(right.name === null ? [] : [right.name]),
    ...(subresource === undefined ? [] : [subresource]),
  ]
  const pairs = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])
  const search = new URLSearchParams(pairs).toString()
  return `/${steps.map(encodeURIComponent).join("/")}${search === "" ? "" : `?${search}`}`
}

/** For messages, such as `patch of deployments/web`. The name of a pod is the cluster's word. */
export function operationText({ verb, resource, name }: Right): string {
  return `${verb} of ${resource}${name === null ? "" : `/${printable(name, maxNameLength)}`}`
}
