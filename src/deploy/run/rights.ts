import type { WorkloadKind, WorkloadRef } from "../../core/workload.ts"
import type { Right } from "../../ports/cluster.ts"

/** What a deploy works on in its namespace. */
export interface Scope {
  readonly workloads: readonly WorkloadRef[]
  /** Whether it runs hooks, which are Jobs. */
  readonly hooks: boolean
  /** Name of the lock's Lease. */
  readonly lease: string
}

const places: Readonly<Record<WorkloadKind, readonly [group: string, resource: string]>> = {
  Deployment: ["apps", "deployments"],
  StatefulSet: ["apps", "statefulsets"],
  DaemonSet: ["apps", "daemonsets"],
  CronJob: ["batch", "cronjobs"],
}

/** All that a deploy does in the namespace, and nothing else. Reading secrets is not among it. */
export function rightsOf({ workloads, hooks, lease }: Scope): readonly Right[] {
  const kinds = new Set(workloads.map(({ kind }) => kind))
  const watched = [...kinds].map((kind) => places[kind])
  if (kinds.has("Deployment")) watched.push(["apps", "replicasets"])
  return [
    ...workloads.flatMap(({ kind, name }) => rights(["get", "patch"], places[kind], name)),
    ...[...watched, ["", "pods"] as const].flatMap((place) => rights(["list", "watch"], place, null)),
    ...rights(["get"], ["", "pods/log"], null),
    ...rights(["list"], ["", "events"], null),
    ...(kinds.has("StatefulSet") ? rights(["delete"], ["", "pods"], null) : []),
    ...(kinds.has("CronJob") ? rights(["delete"], ["batch", "jobs"], null) : []),
    ...(hooks ? rights(["get", "create", "patch"], ["batch", "jobs"], null) : []),
    // The right to create cannot be granted by name (Kubernetes documentation, "Using RBAC Authorization").
    ...rights(["create"], ["coordination.k8s.io", "leases"], null),
    ...rights(["get", "update", "delete"], ["coordination.k8s.io", "leases"], lease),
  ]
}

function rights(
  verbs: readonly Right["verb"][],
  [group, resource]: readonly [string, string],
  name: string | null,
): Right[] {
  return verbs.map((verb) => ({ verb, group, resource, name }))
}

/** A rule of a Role (rbac.authorization.k8s.io/v1). */
export interface RoleRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** The least rules that grant these rights, those of one resource together. */
export function roleRules(all: readonly Right[]): readonly RoleRule[] {
  const rules = new Map<string, { right: Right; verbs: Set<string>; names: Set<string> }>()
  for (const right of all) {
    const key = `${right.group}/${right.resource} ${right.name === null}`
    const rule = rules.get(key) ?? { right, verbs: new Set(), names: new Set() }
    rule.verbs.add(right.verb)
    if (right.name !== null) rule.names.add(right.name)
    rules.set(key, rule)
  }
  return [...rules.values()].map(({ right, verbs, names }) => ({
    apiGroups: [right.group],
    resources: [right.resource],
    ...(names.size === 0 ? {} : { resourceNames: [...names] }),
    verbs: [...verbs],
  }))
}

/** As kubectl would ask: `patch deployments.apps web`. */
export function rightText({ verb, group, resource, name }: Right): string {
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}${name === null ? "" : ` ${name}`}`
}
