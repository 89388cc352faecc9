import type { Workload } from "../../core/kubernetes.ts"
import { printable } from "../../core/text.ts"

/** What writes a workload's spec, as people call it, by the name that it gives as field manager. */
const managers: readonly (readonly [RegExp, string])[] = [
  [/argo-?cd/i, "Argo CD"],
  [/rollouts?-controller|argo-rollouts/i, "Argo Rollouts"],
  [/^(?:kustomize|helm|source|image-automation)-controller$|^flux/i, "Flux"],
  [/^helm$/i, "Helm"],
  [/^keel/i, "Keel"],
  [/^kapp/i, "kapp"],
  [/^(?:werf|nelm)/i, "werf"],
  [/^pulumi/i, "Pulumi"],
  [/terraform/i, "Terraform"],
]

/** Marks that others leave before they have written anything, in labels and annotations. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/^argocd\.argoproj\.io\/(?:tracking-id|instance)$/, "Argo CD"],
  [/toolkit\.fluxcd\.io\//, "Flux"],
  [/^meta\.helm\.sh\/release-name$/, "Helm"],
  [/^keel\.sh\//, "Keel"],
  [/^kapp\.k14s\.io\//, "kapp"],
  [/^werf\.io\//, "werf"],
  [/^pulumi\.com\//, "Pulumi"],
]

/** Who writes by hand, or is part of the cluster. */
const harmless =
  /^(?:envseal|kubectl|kube-|k9s|lens|openlens|node-fetch|mozilla|dashboard|headlamp|before-first-apply|unknown|vpa-|cluster-autoscaler)/i

/**
 * What else sets the workload: by who owns fields of its spec (`metadata.managedFields`, Kubernetes documentation,
 * "Server-Side Apply"), whatever that is, and by the marks of those that are known.
 *
 * @returns names for people, each once.
 */
export function managersOf({ metadata }: Workload): readonly string[] {
  const { labels = {}, annotations = {}, managedFields = [] } = metadata
  const owners = managedFields
    .filter(({ subresource, fieldsV1 }) => !subresource && fieldsV1 !== undefined && "f:spec" in fieldsV1)
    .map(({ manager = "" }) => manager)
  const written = owners.flatMap((owner) => nameOf(owner) ?? [])
  const marked = Object.keys({ ...labels, ...annotations }).flatMap(
    (mark) => marks.find(([pattern]) => pattern.test(mark))?.[1] ?? [],
  )
  return [...new Set([...written, ...marked])].toSorted()
}

function nameOf(owner: string): string | null {
  const known = managers.find(([pattern]) => pattern.test(owner))
  if (known !== undefined) return known[1]
  return owner === "" || harmless.test(owner) ? null : printable(owner)
}

/** What another manager means for a deploy. */
export function managerWarning(text: string, names: readonly string[]): string | null {
  if (names.length === 0) return null
  const rollouts = names.includes("Argo Rollouts")
    ? `; the pods of a Rollout are not those of ${text}, and are not watched`
    : ""
  return `${text} is managed by ${names.join(" and ")}, which may set its image back${rollouts}`
}
