import type { VersionRecord } from "../../ports/secrets.ts"

/** The staging label of the version that is in use, of the one before, and of one that a rotation is making. */
export const stages = { current: "AWSCURRENT", previous: "AWSPREVIOUS", pending: "AWSPENDING" } as const

/** Who writes a version chooses its id, of any 32 to 64 characters (API reference, "PutSecretValue"). */
const ownLabel = /^envseal-(\d{8}T\d{6}Z)-[0-9a-f]{8}-from-(none|.{32,64})$/s

/**
 * The label that a new version is kept under. No two versions get the same: putting a label on one takes it from
 * another.
 *
 * @param base the version that it was made from; `null` for the first one.
 */
export function labelFor(versionId: string, base: string | null, now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "")
  return `envseal-${time}-${versionId.slice(0, 8)}-from-${base ?? "none"}`
}

export function isOwnLabel(label: string): boolean {
  return ownLabel.test(label)
}

/** The version that a version was made from; `null` when none of its labels tells. */
export function baseOf({ labels }: VersionRecord): string | null {
  const base = labels.map((label) => ownLabel.exec(label)?.[2]).find((one) => one !== undefined)
  return base === undefined || base === "none" ? null : base
}

/** What a version is to envseal. */
export type VersionRole = "current" | "previous" | "pending" | "draft" | "other"

/** A draft is a version that envseal kept and that did not become current: its writer was overtaken, or killed. */
export function roleOf({ labels }: VersionRecord): VersionRole {
  if (labels.includes(stages.current)) return "current"
  if (labels.includes(stages.previous)) return "previous"
  if (labels.includes(stages.pending)) return "pending"
  return labels.some(isOwnLabel) ? "draft" : "other"
}

/**
 * Whether a rotation is making the version, or would take it up: AWSPENDING is on it, and AWSCURRENT is not, whatever else
 * it was (user guide, "Rotate secrets").
 */
export function isPending({ labels }: VersionRecord): boolean {
  return labels.includes(stages.pending) && !labels.includes(stages.current)
}

/** How many drafts are kept; AWS allows 20 labels in all. */
export const maxDrafts = 10

/** Older drafts lose their label, and the store may drop them. */
const draftDays = 30

/** A label to take away, and where it is. */
export interface StaleLabel {
  readonly label: string
  readonly versionId: string
}

/**
 * The labels of envseal that say nothing any more: those of versions that were overtaken long ago. With `all`, those
 * of every version that is neither current nor the one before.
 */
export function staleLabels(
  versions: readonly VersionRecord[],
  now: Date,
  { all }: { readonly all: boolean },
): readonly StaleLabel[] {
  const oldest = new Date(now.getTime() - draftDays * 86_400_000).toISOString()
  return versions
    .filter((version) => {
      const role = roleOf(version)
      if (role === "current" || role === "previous") return false
      return all || (version.createdAt !== null && version.createdAt < oldest)
    })
    .flatMap(({ versionId, labels }) => labels.filter(isOwnLabel).map((label) => ({ label, versionId })))
}

/**
 * The labels that say nothing any more once another version is current. The version before the one before is history,
 * and no draft. AWSPENDING, which a rotation leaves on the version that it made current, would say of a version that is
 * not current any more that a rotation goes on: AWS would take that up, and make it current again.
 *
 * @param before the versions as they were before.
 */
export function labelsLeft(
  before: readonly VersionRecord[],
  { versionId: now, previous }: { readonly versionId: string; readonly previous: string | null },
): readonly StaleLabel[] {
  return before.flatMap((version) => {
    const { versionId, labels } = version
    if (versionId === now) return []
    if (versionId === previous) {
      return labels.filter((label) => label === stages.pending).map((label) => ({ label, versionId }))
    }
    if (roleOf(version) !== "previous") return []
    return labels.filter(isOwnLabel).map((label) => ({ label, versionId }))
  })
}
