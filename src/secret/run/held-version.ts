import { EnvsealError, type Problem } from "../../core/error.ts"
import { Secret } from "../../core/secret.ts"
import { decodeUtf8, nameList } from "../../core/text.ts"
import type { Entry } from "../../dotenv/entry.ts"
import { readSecretJson } from "../../dotenv/secret-json.ts"
import type { SecretReference } from "../../ports/secrets.ts"
import { stages } from "../core/label.ts"
import type { EditorPorts } from "./ports.ts"

/** One version of a secret, read and understood. */
export interface HeldVersion {
  readonly versionId: string
  readonly text: Secret
  readonly entries: readonly Entry[]
  /** What `seal` would refuse in it. */
  readonly problems: readonly Problem[]
}

export type Values = ReadonlyMap<string, Secret>

export function valuesOf({ entries }: Pick<HeldVersion, "entries">): Values {
  return new Map(entries.map(({ name, value }) => [name, value]))
}

/** Names that `seal` would refuse are not among the entries, or only once: whoever looks at those is told. */
export function warnOfRefused(
  id: string,
  held: HeldVersion | null,
  { sealing }: Pick<EditorPorts, "sealing">,
): void {
  const names = [...new Set((held?.problems ?? []).map(({ name }) => name))]
  if (names.length > 0)
    sealing.log.warn(`the secret ${id} has names that cannot be sealed: ${nameList(names, 10)}`)
}

/** @throws EnvsealError `SECRET_MALFORMED` for what is no JSON object, or what the store throws. */
export async function readVersion(
  id: string,
  version: SecretReference["version"],
  { sealing }: Pick<EditorPorts, "sealing">,
): Promise<HeldVersion> {
  const { bytes, versionId } = await sealing.secretStore.read({ id, version })
  const text = decodeUtf8(bytes) ?? ""
  return { versionId, text: new Secret(text), ...understood(text, bytes, id) }
}

function understood(text: string, bytes: Uint8Array, id: string): Pick<HeldVersion, "entries" | "problems"> {
  if (holdsNothing(text)) return { entries: [], problems: [] }
  // Nested values stay as they are; whether they can be sealed is checked with the whole.
  return readSecretJson(bytes, { source: `the secret ${id}`, nested: "json" })
}

/** Whether a secret's JSON has no names. */
export function holdsNothing(text: string): boolean {
  return /^\s*\{\s*\}\s*$/.test(text)
}

/** Why a secret that nobody knows cannot be read, in the store's words: it knows in which account and Region. */
async function missingSecret(id: string, { sealing }: EditorPorts): Promise<unknown> {
  try {
    await sealing.secretStore.read({ id, version: null })
  } catch (error) {
    if (!(error instanceof EnvsealError) || error.code !== "SOURCE_MISSING") return error
    const hint = "envseal env add --create-secret makes the secret of a new environment"
    return new EnvsealError("SOURCE_MISSING", error.message, {
      hint: error.hint === undefined ? hint : `${error.hint}; ${hint}`,
    })
  }
  return new EnvsealError("SECRET_CHANGED", `the secret ${id} was made in this moment`, {
    hint: "run it again",
  })
}

/**
 * The current version.
 *
 * @returns `null` for a secret that has no value yet.
 * @throws EnvsealError `SOURCE_MISSING` for one that is not there or marked for deletion, or as {@link readVersion} does.
 */
export async function readCurrent(id: string, ports: EditorPorts): Promise<HeldVersion | null> {
  const described = await ports.inspector.describe(id)
  if (described === null) throw await missingSecret(id, ports)
  if (described.deleted) {
    throw new EnvsealError("SOURCE_MISSING", `the secret ${id} is marked for deletion`, {
      hint: `take it back: aws secretsmanager restore-secret --secret-id ${id}`,
    })
  }
  const labels = Object.values(described.versions)
  if (!labels.some((all) => all.includes(stages.current))) return null
  return readVersion(id, { stage: stages.current }, ports)
}
