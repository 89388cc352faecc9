import { EnvsealError } from "../core/error.ts"
import { printable } from "../core/text.ts"
import type { Files } from "../ports/files.ts"

export const settingsFileName = "envseal.yaml"

/** No repository is as deep. */
const maxParents = 40

/**
 * The settings file in the working directory or, with `parents`, in the nearest folder above it that has one and is
 * of the same repository. Outside a repository, no folder above is looked into: it may be anybody's. A `.git` that
 * another user could have planted makes no repository.
 *
 * @returns its path, or `null` when there is none.
 * @throws EnvsealError `CONFIG_MISSING` when the one that is found could be planted by another user.
 */
export async function findSettingsFile(files: Files, parents: boolean): Promise<string | null> {
  const path = await nearestFile(files, parents)
  if (path === null || !(await files.isPlanted(path))) return path
  throw new EnvsealError("CONFIG_MISSING", `${printable(path)} belongs to another user and is not taken`, {
    hint: "look at it; when it is yours to use, name it: --config FILE (ENVSEAL_CONFIG)",
  })
}

async function nearestFile(files: Files, parents: boolean): Promise<string | null> {
  if (await files.exists(settingsFileName)) return settingsFileName
  if (!parents) return null
  let found: string | null = null
  for (let depth = 0; depth <= maxParents; depth += 1) {
    const folder = "../".repeat(depth)
    const path = `${folder}${settingsFileName}`
    if (found === null && (await files.exists(path))) found = path
    if (await isRepository(files, folder)) return found
  }
  return null
}

/** In a worktree or a submodule, `.git` is a file. */
async function isRepository(files: Files, folder: string): Promise<boolean> {
  const path = `${folder}.git`
  const isThere = (await files.exists(`${path}/HEAD`)) || (await files.exists(path))
  return isThere && !(await files.isPlanted(path))
}

/** That there is no settings file, where one is needed. */
export function settingsMissing(path: string | null, parents: boolean): EnvsealError {
  const where = parents ? "in this folder and its repository" : "in this folder"
  const what = path === null ? `there is no ${settingsFileName} ${where}` : `there is no ${printable(path)}`
  return new EnvsealError("CONFIG_MISSING", what, {
    hint: "write one: envseal init, or as docs/config.md shows; or name it with --config FILE (ENVSEAL_CONFIG)",
  })
}
