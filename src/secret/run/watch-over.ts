import { EnvsealError } from "../../core/error.ts"
import { nameList } from "../../core/text.ts"
import type { VersionRecord } from "../../ports/secrets.ts"
import { baseOf, isOwnLabel, roleOf } from "../core/label.ts"
import { undoneNames } from "../core/overlap.ts"
import { readVersion, valuesOf } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"

/**
 * Warns when what envseal wrote last was overwritten by a tool that knows no better, such as a console that was open
 * all the time: it moves AWSCURRENT from any version. Nothing can prevent that.
 */
export async function warnOfOverwriting(
  id: string,
  versions: readonly VersionRecord[],
  ports: EditorPorts,
): Promise<void> {
  const current = versions.find((version) => roleOf(version) === "current")
  const previous = versions.find((version) => roleOf(version) === "previous")
  if (current === undefined || previous === undefined || current.labels.some(isOwnLabel)) return
  // An older version was restored, and undoing is what that is for.
  if ((current.createdAt ?? "") < (previous.createdAt ?? "")) return
  const base = baseOf(previous)
  if (base === null || base === current.versionId) return
  const ids = [base, previous.versionId, current.versionId]
  try {
    const [before, made, now] = await Promise.all(
      ids.map(async (versionId) => valuesOf(await readVersion(id, { versionId }, ports))),
    )
    if (before === undefined || made === undefined || now === undefined) return
    const names = undoneNames(before, made, now)
    if (names.length === 0) return
    ports.sealing.log.warn(
      `${nameList(names, 10)}: the change of version ${previous.versionId} is gone: the version after it was not ` +
        "written by envseal, and has the value from before",
    )
  } catch (error) {
    // A version that has been dropped cannot be compared.
    if (!(error instanceof EnvsealError)) throw error
    ports.sealing.log.debug(error.message)
  }
}
