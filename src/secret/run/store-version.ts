import { EnvsealError } from "../../core/error.ts"
import type { Secret } from "../../core/secret.ts"
import { nameList } from "../../core/text.ts"
import type { VersionRecord } from "../../ports/secrets.ts"
import { uuid } from "../core/generate.ts"
import { baseOf, isOwnLabel, labelFor, maxDrafts, roleOf, stages, staleLabels } from "../core/label.ts"
import { overlapOf } from "../core/overlap.ts"
import { type HeldVersion, readVersion, type Values, valuesOf } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import type { PreparedChange } from "./prepare-change.ts"
import type { ChosenSecret } from "./target.ts"

/** A version that became the current one. */
export interface StoredVersion {
  readonly versionId: string
  /** The one that was current before; `null` for a first version. */
  readonly previous: string | null
}

/**
 * Keeps a version under a label of its own, and makes it current only if the version that was read is current still.
 * Killed at any point, the current version is the old or the new one.
 *
 * @throws EnvsealError `SECRET_CHANGED` when somebody else was faster: the version stays under its label.
 * `SECRET_BUSY` during a rotation, or when too many drafts are there.
 */
export async function storeVersion(change: PreparedChange, ports: EditorPorts): Promise<StoredVersion> {
  const { target, base } = change
  const before = await makeRoom(target.id, ports)
  const versionId = uuid(ports.random(16))
  const label = labelFor(versionId, base?.versionId ?? null, ports.sealing.clock.now())
  const labels = await ports.writer.put(target.id, { versionId, label, text: change.text })
  const stored = { versionId, previous: base?.versionId ?? null }
  // A first version is current whatever its label.
  const isFirst = labels.includes(stages.current)
  if (!isFirst && !(await wasCurrent(target.id, stored, ports)))
    throw await overtaken(change, versionId, ports)
  await retire(target.id, before, stored, ports)
  return stored
}

/**
 * Makes a version that is there already the current one.
 *
 * @throws EnvsealError as {@link storeVersion} does.
 */
export async function promoteVersion(
  target: ChosenSecret,
  stored: { readonly versionId: string; readonly previous: string },
  ports: EditorPorts,
): Promise<StoredVersion> {
  const before = await ports.writer.versions(target.id)
  refuseRotation(target.id, before)
  if (!(await becameCurrent(target.id, stored, ports))) {
    throw new EnvsealError(
      "SECRET_CHANGED",
      `the secret ${target.id} was changed meanwhile by somebody else`,
      {
        hint: `nothing was done; look at what it has now: envseal secret versions ${target.settings.name}`,
      },
    )
  }
  await retire(target.id, before, stored, ports)
  return stored
}

/** Moves AWSCURRENT from the version that was read, if it is there still. */
async function becameCurrent(
  id: string,
  { versionId, previous }: StoredVersion,
  { writer }: EditorPorts,
): Promise<boolean> {
  const move = { label: stages.current, from: previous, to: versionId }
  if (previous !== null && (await writer.move(id, move))) return true
  // A move that was repeated is refused though the first one did it.
  const versions = await writer.versions(id)
  return versions.some((one) => one.versionId === versionId && roleOf(one) === "current")
}

/** The same of a version that nobody had before: then others may have begun with it already. */
async function wasCurrent(id: string, stored: StoredVersion, ports: EditorPorts): Promise<boolean> {
  if (await becameCurrent(id, stored, ports)) return true
  const versions = await ports.writer.versions(id)
  const inUse = versions.filter((one) => ["current", "previous"].includes(roleOf(one)))
  return inUse.some((one) => one.versionId === stored.versionId || baseOf(one) === stored.versionId)
}

/** The version before the one before is history, and no draft. */
async function retire(
  id: string,
  before: readonly VersionRecord[],
  { versionId }: StoredVersion,
  { writer }: EditorPorts,
): Promise<void> {
  const gone = before.filter((version) => roleOf(version) === "previous" && version.versionId !== versionId)
  for (const version of gone) {
    for (const label of version.labels.filter(isOwnLabel)) {
      await writer.move(id, { label, from: version.versionId, to: null })
    }
  }
}

async function makeRoom(id: string, ports: EditorPorts): Promise<readonly VersionRecord[]> {
  const versions = await ports.writer.versions(id)
  refuseRotation(id, versions)
  await sweep(id, versions, ports, { all: false })
  const drafts = versions.filter((version) => roleOf(version) === "draft")
  if (drafts.length < maxDrafts) return versions
  throw new EnvsealError(
    "SECRET_BUSY",
    `the secret ${id} has ${drafts.length} drafts that did not become current`,
    {
      hint: "look at them with envseal secret versions, and let them go with --sweep",
    },
  )
}

/** While a rotation makes a version, whatever is written would be lost to it, or it to that. */
function refuseRotation(id: string, versions: readonly VersionRecord[]): void {
  if (!versions.some((version) => roleOf(version) === "pending")) return
  throw new EnvsealError(
    "SECRET_BUSY",
    `the secret ${id} is being rotated: a version has ${stages.pending}`,
    {
      hint: `try again when it is done; if it has failed: aws secretsmanager cancel-rotate-secret --secret-id ${id}`,
    },
  )
}

/** Takes away labels that say nothing any more. @returns how many. */
export async function sweep(
  id: string,
  versions: readonly VersionRecord[],
  { writer, sealing }: EditorPorts,
  which: { readonly all: boolean },
): Promise<number> {
  const stale = staleLabels(versions, sealing.clock.now(), which)
  for (const { label, versionId } of stale) await writer.move(id, { label, from: versionId, to: null })
  return stale.length
}

async function overtaken(change: PreparedChange, mine: string, ports: EditorPorts): Promise<EnvsealError> {
  const { target, base, values } = change
  const theirs = await readVersion(target.id, { stage: stages.current }, ports)
  return new EnvsealError(
    "SECRET_CHANGED",
    `the secret ${target.id} was changed by somebody else meanwhile: ${meeting(base, values, theirs)}`,
    {
      hint:
        `nothing is lost: theirs is current, and yours is kept as version ${mine}; run the command again, or take ` +
        `yours as a whole: envseal secret restore ${target.settings.name} ${mine}`,
    },
  )
}

function meeting(base: HeldVersion | null, mine: Values, theirs: HeldVersion): string {
  const none: ReadonlyMap<string, Secret> = new Map()
  const overlap = overlapOf(base === null ? none : valuesOf(base), mine, valuesOf(theirs))
  if (overlap.both.length > 0) return `both changed ${nameList(overlap.both, 10)}`
  if (overlap.theirs.length === 0) return "with the same values"
  return `they changed ${nameList(overlap.theirs, 10)}, and you did not`
}
