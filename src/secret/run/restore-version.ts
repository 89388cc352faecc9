import { EnvsealError } from "../../core/error.ts"
import { type Difference, diffEntries } from "../../dotenv/diff.ts"
import { roleOf } from "../core/label.ts"
import { checkText, type Nested } from "./check-change.ts"
import { type HeldVersion, readVersion, valuesOf } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import type { ChosenSecret } from "./target.ts"

/** A version that may become current again, checked. */
export interface PreparedRestore {
  readonly versionId: string
  readonly previous: string
  readonly differences: readonly Difference[]
}

/** @throws EnvsealError `SOURCE_MISSING` for a version that is not there any more, or as `prepareChange` does. */
export async function prepareRestore(
  target: ChosenSecret,
  version: string,
  nested: Nested,
  ports: EditorPorts,
): Promise<PreparedRestore> {
  const versions = await ports.writer.versions(target.id)
  const previous = versions.find((one) => roleOf(one) === "current")?.versionId
  if (previous === undefined) {
    throw new EnvsealError("SOURCE_MISSING", `the secret ${target.id} has no version`, {
      hint: `give it one: envseal secret import ${target.settings.name}`,
    })
  }
  const current = await readIfSound(target.id, previous, ports)
  // The one who writes a version chooses its id: Terraform's are no UUIDs.
  const isId = versions.some(({ versionId }) => versionId === version)
  const reference = isId ? { versionId: version } : { stage: version }
  const wanted = await readVersion(target.id, reference, ports)
  await checkText(wanted.text, { target, base: current, nested }, ports)
  const before = current === null ? new Map() : valuesOf(current)
  return { versionId: wanted.versionId, previous, differences: diffEntries(before, valuesOf(wanted)) }
}

/** What cannot be understood is a good reason to go back. */
async function readIfSound(id: string, versionId: string, ports: EditorPorts): Promise<HeldVersion | null> {
  try {
    return await readVersion(id, { versionId }, ports)
  } catch (error) {
    if (!(error instanceof EnvsealError) || error.code !== "SECRET_MALFORMED") throw error
    ports.sealing.log.warn(`${error.message}: all names count as added`)
    return null
  }
}
