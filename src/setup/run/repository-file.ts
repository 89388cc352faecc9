import { EnvsealError } from "../../core/error.ts"
import { decodeUtf8, printable } from "../../core/text.ts"
import { exampleOf } from "../../dotenv/example.ts"
import { sortNames } from "../../dotenv/requirement.ts"
import type { WorkTree } from "../../ports/files.ts"
import { originOf } from "../core/git-files.ts"

/**
 * The text of the settings file.
 *
 * @throws EnvsealError `CONFIG_MISSING`, `CONFIG_MALFORMED` when it is not UTF-8, `TARGET_UNSAFE` for a link or a folder.
 */
export async function settingsText(file: string, tree: WorkTree): Promise<string> {
  const standing = await tree.look(file)
  if (standing.type === "nothing") {
    throw new EnvsealError("CONFIG_MISSING", `there is no ${printable(file)}`, {
      hint: "write one: envseal init",
    })
  }
  if (standing.type === "blocked") {
    throw new EnvsealError(
      "TARGET_UNSAFE",
      `will not write to ${printable(file)}: it is not a regular file`,
      {
        hint: "name the file itself with --config FILE",
      },
    )
  }
  const text = decodeUtf8(standing.bytes)
  if (text !== null) return text
  throw new EnvsealError("CONFIG_MALFORMED", `${printable(file)} is not UTF-8`, { hint: "save it as UTF-8" })
}

/** @returns `null` for what is no file, or no text. */
export async function textAt(path: string, tree: WorkTree): Promise<string | null> {
  const standing = await tree.look(path)
  return standing.type === "file" ? decodeUtf8(standing.bytes) : null
}

/**
 * Whether there is a file, which may be too large to be read: a lock file of Node can be.
 *
 * @throws EnvsealError `INPUT_UNREADABLE`.
 */
export async function isFileAt(path: string, tree: WorkTree): Promise<boolean> {
  try {
    return (await tree.look(path)).type === "file"
  } catch (error) {
    if (error instanceof EnvsealError && error.code === "INPUT_TOO_LARGE") return true
    throw error
  }
}

/** The URL of the repository, as git calls it `origin`; `null` without one. */
export async function originIn(tree: WorkTree): Promise<string | null> {
  return originOf((await textAt(".git/config", tree)) ?? "")
}

/**
 * The names that `.env.example` wants of a secret; `null` without one.
 */
export async function namesIn(tree: WorkTree): Promise<readonly string[] | null> {
  const path = ".env.example"
  const text = await textAt(path, tree)
  return text === null ? null : sortNames([...exampleOf(text, path).keys()], []).wanted
}
