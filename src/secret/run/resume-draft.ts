import { EnvsealError } from "../../core/error.ts"
import { inOrder } from "../../core/in-order.ts"
import { nameList } from "../../core/text.ts"
import type { SecretChange } from "../../dotenv/secret-document.ts"
import { changesBetween } from "../core/changes.ts"
import { baseOf, isOwnLabel, roleOf } from "../core/label.ts"
import { overlapOf } from "../core/overlap.ts"
import { type HeldVersion, readVersion, type Values, valuesOf } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import { type ChosenSecret, commandFor } from "./target.ts"

/** What a draft changed in the version that it was made from. */
export interface ResumedDraft {
  readonly versionId: string
  readonly changes: readonly SecretChange[]
  /** Names that were changed since then too, to something else. */
  readonly both: readonly string[]
  /** Names that only others changed since then. */
  readonly theirs: readonly string[]
}

/**
 * Goes on with a draft: what it changed, and nothing else of it, is to be done to the version that is current now.
 *
 * @param names that it has to have changed.
 * @throws EnvsealError `SOURCE_MISSING` when it or the version that it was made from is not there any more, `USAGE` for
 * what is no draft, or does not change a name.
 */
export async function resumeDraft(
  target: ChosenSecret,
  {
    versionId,
    base,
    names,
  }: {
    readonly versionId: string
    readonly base: HeldVersion | null
    readonly names: readonly string[]
  },
  ports: EditorPorts,
): Promise<ResumedDraft> {
  const { id } = target
  const versions = await ports.writer.versions(id)
  const record = versions.find((one) => one.versionId === versionId)
  if (record === undefined || roleOf(record) !== "draft") {
    throw new EnvsealError("USAGE", `the secret ${id} has no draft ${versionId}`, {
      hint: `look at what it has: ${commandFor(target, "versions")}`,
    })
  }
  const from = baseOf(record)
  const [made, before] = await inOrder([
    readVersion(id, { versionId }, ports),
    from === null ? Promise.resolve(null) : readBase(target, { versionId, from }, ports),
  ])
  const changes = changesBetween(before, made.entries)
  const changed = new Set(changes.map(nameOf))
  const missing = names.filter((name) => !changed.has(name))
  if (missing.length > 0) {
    throw new EnvsealError("USAGE", `the draft ${versionId} does not change ${nameList(missing, 5)}`, {
      hint: `run the command that it was made by, or edit: ${commandFor(target, "edit")} --resume ${versionId}`,
    })
  }
  return { versionId, changes, ...meetingOf(before, made, base) }
}

function nameOf(change: SecretChange): string {
  return change.type === "set" ? change.entry.name : change.type === "unset" ? change.name : change.from
}

async function readBase(
  target: ChosenSecret,
  { versionId, from }: { readonly versionId: string; readonly from: string },
  ports: EditorPorts,
): Promise<HeldVersion> {
  try {
    return await readVersion(target.id, { versionId: from }, ports)
  } catch (error) {
    if (!(error instanceof EnvsealError) || error.code !== "SOURCE_MISSING") throw error
    throw new EnvsealError("SOURCE_MISSING", `version ${from}, which the draft was made from, is gone`, {
      cause: error,
      hint: `what the draft changed is not known; take it as a whole: ${commandFor(target, "restore", versionId)}`,
    })
  }
}

function meetingOf(
  before: HeldVersion | null,
  made: HeldVersion,
  base: HeldVersion | null,
): Pick<ResumedDraft, "both" | "theirs"> {
  const [from, mine, now] = [before, made, base].map(
    (one): Values => (one === null ? new Map() : valuesOf(one)),
  )
  if (from === undefined || mine === undefined || now === undefined) return { both: [], theirs: [] }
  const { both, theirs } = overlapOf(from, mine, now)
  const differs = (name: string) => {
    const [own, other] = [mine.get(name), now.get(name)]
    return own === undefined || other === undefined ? own !== other : !own.equals(other)
  }
  return { both: both.filter(differs), theirs: theirs.filter((name) => !both.includes(name)) }
}

/** Takes the label of a draft away that is in the current version now. No failure counts: it can be swept. */
export async function letGo(
  target: ChosenSecret,
  { versionId }: ResumedDraft,
  { writer, sealing }: EditorPorts,
): Promise<void> {
  try {
    const found = (await writer.versions(target.id)).find((one) => one.versionId === versionId)
    for (const label of found?.labels.filter(isOwnLabel) ?? []) {
      await writer.move(target.id, { label, from: versionId, to: null })
    }
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    sealing.log.warn(`the draft ${versionId} is left: ${error.message}`)
  }
}
