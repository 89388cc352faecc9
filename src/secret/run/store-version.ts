import { EnvsealError } from "../../core/error.ts"
import type { Secret } from "../../core/secret.ts"
import { shellWord } from "../../core/shell.ts"
import { nameList } from "../../core/text.ts"
import type { VersionRecord } from "../../ports/secrets.ts"
import { uuid } from "../core/generate.ts"
import {
  baseOf,
  isPending,
  labelFor,
  labelsLeft,
  maxDrafts,
  roleOf,
  stages,
  staleLabels,
} from "../core/label.ts"
import { overlapOf } from "../core/overlap.ts"
import { type HeldVersion, readVersion, type Values, valuesOf } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import type { PreparedChange } from "./prepare-change.ts"
import { type ChosenSecret, commandFor } from "./target.ts"

/** A version that became the current one. */
export interface StoredVersion {
  readonly versionId: string
  /** The one that was current before; `null` for a first version. */
  readonly previous: string | null
}

/**
 * Keeps a version under a label of its own, and makes it current only if the version that was read is current still.
 * Killed at any point, the current version is the old or the new one. A step that fails is none when the version is
 * where it should be all the same: its answer was lost.
 *
 * @throws EnvsealError `SECRET_CHANGED` when somebody else was faster: the version stays under its label.
 * `SECRET_BUSY` during a rotation, or when too many drafts are there.
 */
export async function storeVersion(change: PreparedChange, ports: EditorPorts): Promise<StoredVersion> {
  const { target, base } = change
  const before = await makeRoom(target.id, ports)
  const stored = { versionId: uuid(ports.random(16)), previous: base?.versionId ?? null }
  const labels = await putAt(target, stored, change.text, ports)
  // A first version is current, whatever its label.
  const isFirst = labels.includes(stages.current)
  const shows = (versions: readonly VersionRecord[]) => isInUse(stored.versionId, versions)
  const move = () => wasCurrent(target.id, stored, ports)
  if (!isFirst && !(await moved(move, target, { versionId: stored.versionId, shows }, ports))) {
    throw await overtaken(change, stored.versionId, ports)
  }
  await retire(target, before, stored, ports)
  return stored
}

/** @returns the labels that the version has. */
async function putAt(
  target: ChosenSecret,
  { versionId, previous }: StoredVersion,
  text: Secret,
  ports: EditorPorts,
): Promise<readonly string[]> {
  const label = labelFor(versionId, previous, ports.sealing.clock.now())
  try {
    return await ports.writer.put(target.id, { versionId, label, text })
  } catch (error) {
    const all = await versionsAfter(error, target, versionId, ports)
    const made = all?.find((one) => one.versionId === versionId)
    if (made === undefined) throw error
    return made.labels
  }
}

/** Does a move that counts, also when its answer was lost, once the versions show it. @returns false for one refused. */
async function moved(
  move: () => Promise<boolean>,
  target: ChosenSecret,
  { versionId, shows }: { readonly versionId: string; shows(versions: readonly VersionRecord[]): boolean },
  ports: EditorPorts,
): Promise<boolean> {
  try {
    return await move()
  } catch (error) {
    const all = await versionsAfter(error, target, versionId, ports)
    if (all !== null && shows(all)) return true
    if (all !== null) {
      const restore = commandFor(target, "restore", versionId)
      ports.sealing.log.warn(
        `version ${versionId} is kept, and was not current just now; to make it so: ${restore}`,
      )
    }
    throw error
  }
}

/** The versions after a step failed; `null` when they cannot be learned, which is told. @throws what is a bug. */
async function versionsAfter(
  error: unknown,
  target: ChosenSecret,
  versionId: string,
  { writer, sealing }: EditorPorts,
): Promise<readonly VersionRecord[] | null> {
  if (!(error instanceof EnvsealError)) throw error
  try {
    return await writer.versions(target.id)
  } catch (again) {
    if (!(again instanceof EnvsealError)) throw again
    const look = commandFor(target, "versions")
    sealing.log.warn(`it is not known whether version ${versionId} is current, or a draft: ${look}`)
    return null
  }
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
  const { versionId } = stored
  const shows = (versions: readonly VersionRecord[]) => isCurrent(versionId, versions)
  const move = () => becameCurrent(target.id, stored, ports)
  if (!(await moved(move, target, { versionId, shows }, ports))) {
    throw new EnvsealError(
      "SECRET_CHANGED",
      `the secret ${target.id} was changed meanwhile by somebody else`,
      {
        hint: `nothing was done; look at what it has now: ${commandFor(target, "versions")}`,
      },
    )
  }
  await retire(target, before, stored, ports)
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
  return isCurrent(versionId, await writer.versions(id))
}

function isCurrent(versionId: string, versions: readonly VersionRecord[]): boolean {
  return versions.some((one) => one.versionId === versionId && roleOf(one) === "current")
}

/** The same of a version that nobody had before: then others may have begun with it already. */
async function wasCurrent(id: string, stored: StoredVersion, ports: EditorPorts): Promise<boolean> {
  if (await becameCurrent(id, stored, ports)) return true
  return isInUse(stored.versionId, await ports.writer.versions(id))
}

function isInUse(versionId: string, versions: readonly VersionRecord[]): boolean {
  const inUse = versions.filter((one) => ["current", "previous"].includes(roleOf(one)))
  return inUse.some((one) => one.versionId === versionId || baseOf(one) === versionId)
}

/** Takes away the labels that a new current version leaves behind. It is current already, so no failure counts. */
async function retire(
  target: ChosenSecret,
  before: readonly VersionRecord[],
  stored: StoredVersion,
  { writer, sealing }: EditorPorts,
): Promise<void> {
  const { id } = target
  try {
    if ((await writer.versions(id)).some((version) => roleOf(version) === "pending")) {
      sealing.log.warn(
        `a rotation of ${id} began meanwhile, with the version before: when it ends, look whether this change is ` +
          `still there: ${commandFor(target, "versions")}`,
      )
    }
    for (const { label, versionId } of labelsLeft(before, stored)) {
      await writer.move(id, { label, from: versionId, to: null })
    }
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    sealing.log.warn(`labels of older versions are left: ${error.message}`)
  }
}

async function makeRoom(id: string, ports: EditorPorts): Promise<readonly VersionRecord[]> {
  const versions = await ports.writer.versions(id)
  refuseRotation(id, versions)
  const swept = await sweep(id, versions, ports, { all: false })
  const drafts = versions.filter((one) => roleOf(one) === "draft" && !swept.has(one.versionId))
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
  const pending = versions.find(isPending)
  if (pending === undefined) return
  const remove = `--version-stage ${stages.pending} --remove-from-version-id ${shellWord(pending.versionId)}`
  throw new EnvsealError(
    "SECRET_BUSY",
    `the secret ${id} is being rotated: a version has ${stages.pending}`,
    {
      hint:
        `try again when it is done; if it has failed: aws secretsmanager cancel-rotate-secret --secret-id ${id}, ` +
        `then aws secretsmanager update-secret-version-stage --secret-id ${id} ${remove}`,
    },
  )
}

/** Takes away labels that say nothing any more. @returns the versions that had one. */
export async function sweep(
  id: string,
  versions: readonly VersionRecord[],
  { writer, sealing }: EditorPorts,
  which: { readonly all: boolean },
): Promise<ReadonlySet<string>> {
  const stale = staleLabels(versions, sealing.clock.now(), which)
  for (const { label, versionId } of stale) await writer.move(id, { label, from: versionId, to: null })
  return new Set(stale.map(({ versionId }) => versionId))
}

async function overtaken(change: PreparedChange, mine: string, ports: EditorPorts): Promise<EnvsealError> {
  const { target, base, values } = change
  const theirs = await readIfPossible(target.id, ports)
  const what = theirs === null ? "what they wrote cannot be read" : meeting(base, values, theirs)
  return new EnvsealError(
    "SECRET_CHANGED",
    `the secret ${target.id} was changed by somebody else meanwhile: ${what}`,
    {
      hint:
        "nothing is lost: theirs is current, and yours is kept as a draft; go on with what you changed by running " +
        `the command again with --resume ${mine}, or take yours as a whole: ${commandFor(target, "restore", mine)}`,
    },
  )
}

async function readIfPossible(id: string, ports: EditorPorts): Promise<HeldVersion | null> {
  try {
    return await readVersion(id, { stage: stages.current }, ports)
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    ports.sealing.log.debug(error.message)
    return null
  }
}

function meeting(base: HeldVersion | null, mine: Values, theirs: HeldVersion): string {
  const none: ReadonlyMap<string, Secret> = new Map()
  const overlap = overlapOf(base === null ? none : valuesOf(base), mine, valuesOf(theirs))
  if (overlap.both.length > 0) return `both changed ${nameList(overlap.both, 10)}`
  if (overlap.theirs.length === 0) return "with the same values"
  return `they changed ${nameList(overlap.theirs, 10)}, and you did not`
}
