import type { ResourceName } from "./kinds.ts"

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete"

/** One resource of the API, as discovery tells of it. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: ResourceName
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
  readonly shortNames: readonly string[]
  /** Whether a write that leaves out the resource version replaces what is there. */
  readonly unconditionalUpdate: boolean
}

const read: readonly Verb[] = ["get", "list", "watch"]
const all: readonly Verb[] = [...read, "create", "update", "patch", "delete"]
const patchless: readonly Verb[] = [...read, "create", "update", "delete"]

/** All that the fake has. Secrets and ConfigMaps are there so that a request for one is seen. */
export const resources: readonly Resource[] = [
  resource("apps/v1", "deployments", "Deployment", all, ["deploy"]),
  resource("apps/v1", "replicasets", "ReplicaSet", [...read, "delete"], ["rs"]),
  resource("apps/v1", "statefulsets", "StatefulSet", all, ["sts"]),
  resource("apps/v1", "daemonsets", "DaemonSet", all, ["ds"]),
  resource("apps/v1", "controllerrevisions", "ControllerRevision", read),
  resource("batch/v1", "cronjobs", "CronJob", all, ["cj"]),
  resource("batch/v1", "jobs", "Job", [...read, "create", "delete"]),
  resource("v1", "pods", "Pod", [...read, "delete"], ["po"]),
  resource("v1", "events", "Event", read, ["ev"]),
  resource("v1", "secrets", "Secret", read),
  resource("v1", "configmaps", "ConfigMap", read, ["cm"]),
  resource("v1", "serviceaccounts", "ServiceAccount", all, ["sa"]),
  { ...resource("v1", "namespaces", "Namespace", read, ["ns"]), namespaced: false },
  {
    ...resource("coordination.k8s.io/v1", "leases", "Lease", patchless),
    unconditionalUpdate: false,
  },
]

/** @returns `null` when there is none of that group and name. */
export function findResource(group: string, version: string, plural: string): Resource | null {
  return (
    resources.find((one) => one.group === group && one.version === version && one.plural === plural) ?? null
  )
}

export function resourceNamed(plural: ResourceName): Resource {
  const found = resources.find((one) => one.plural === plural)
  if (found === undefined) throw new Error(`no resource ${plural}`)
  return found
}

export function apiVersionOf({ group, version }: Pick<Resource, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`
}

/** As errors name it: `deployments.apps`, or `pods`. */
export function qualifiedName({ group, plural }: { group: string; plural: string }): string {
  return group === "" ? plural : `${plural}.${group}`
}

function resource(
  apiVersion: string,
  plural: ResourceName,
  kind: string,
  verbs: readonly Verb[],
  shortNames: readonly string[] = [],
): Resource {
  const [version = "", group = ""] = apiVersion.split("/").reverse()
  return { group, version, plural, kind, verbs, shortNames, namespaced: true, unconditionalUpdate: true }
}
