import { createHash } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import type { PodTemplate } from "./pod.ts"

/** The label by which the pods of a ReplicaSet are told from those of others. */
export const hashLabel = "pod-template-hash"

const letters = "bcdfghjklmnpqrstvwxz2456789"

/** A short name for a template, of the characters that Kubernetes uses for such names. */
export function templateHash(template: PodTemplate): string {
  const digest = createHash("sha256")
    .update(JSON.stringify(withoutHash(template)))
    .digest()
  return [...digest.subarray(0, 10)].map((byte) => letters[byte % letters.length]).join("")
}

/** Whether two templates are the same, whatever their hash labels say. */
export function sameTemplate(one: PodTemplate, other: PodTemplate): boolean {
  return isDeepStrictEqual(withoutHash(one), withoutHash(other))
}

/** The template with one more label. */
export function withLabel(template: PodTemplate, label: string, value: string): PodTemplate {
  const metadata = template.metadata ?? {}
  return { ...template, metadata: { ...metadata, labels: { ...metadata.labels, [label]: value } } }
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}
