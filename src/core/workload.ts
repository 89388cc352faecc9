/** What envseal deploys to. Kinds as the Kubernetes API spells them. */
export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob"

export const workloadKinds: readonly WorkloadKind[] = ["Deployment", "StatefulSet", "DaemonSet", "CronJob"]

/** One workload of a namespace. */
export interface WorkloadRef {
  readonly kind: WorkloadKind
  readonly name: string
}

/** As people and kubectl write it: `deployment/web`. */
export function workloadText({ kind, name }: WorkloadRef): string {
  return `${kind.toLowerCase()}/${name}`
}

/** Images by the name of their container, init containers included. */
export type Images = Readonly<Record<string, string>>

export function sameImages(one: Images, other: Images): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
