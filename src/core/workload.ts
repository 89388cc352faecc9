/** What envseal deploys to. Kinds as the Kubernetes API spells them. */
export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob"

export const workloadKinds: readonly WorkloadKind[] = ["Deployment", "StatefulSet", "DaemonSet", "CronJob"]

/** The way to the specification of a workload's pods, in its object. */
export function podSteps(kind: WorkloadKind): readonly string[] {
  const template = ["spec", "template", "spec"]
  return kind === "CronJob" ? ["spec", "jobTemplate", ...template] : template
}

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

/** True when these images are the same for the same containers. */
export function sameImages(one: Images, other: Images): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length && names.every((name) => sameImage(one[name], other[name]))
  )
}

/** True when both name the same image: by its digest, where they have one, since a mirror has it by another name. */
export function sameImage(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false
  const digest = digestOf(one)
  return one === other || (digest !== null && digest === digestOf(other))
}

function digestOf(image: string): string | null {
  return /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? null
}

/** Whether it is an image of this repository, whatever its tag or digest. */
export function isOfRepository(image: string, repository: string): boolean {
  return image === repository || image.startsWith(`${repository}@`) || image.startsWith(`${repository}:`)
}

/** Whether it names the image of an example: a digest of nothing but zeros is no image's. */
export function isExampleImage(image: string): boolean {
  return /@sha256:0{64}$/.test(image)
}

/** The digest or tag alone, shortened for people: `sha256:0123456789ab` or `build-7`. */
export function shortImage(image: string): string {
  const [, digest] = /@(sha256:[0-9a-f]{12})[0-9a-f]*$/.exec(image) ?? []
  return digest ?? /:([^:/@]+)$/.exec(image)?.[1] ?? image
}
