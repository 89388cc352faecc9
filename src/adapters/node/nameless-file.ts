import { encodeUtf8 } from "../../core/text.ts"
import { cLibrary } from "../system/c-library.ts"
import { closeSync, constants, openSync } from "../system/file-calls.ts"
import type { HeldFolder } from "./held-folder.ts"

/** Linux: `O_TMPFILE`, a file in a folder that has no name there. Node has no name for the flag. */
const withoutName = 0o20000000 | (constants.O_DIRECTORY ?? 0)
/** Linux: `AT_FDCWD` and `AT_SYMLINK_FOLLOW`. */
const workingFolder = -100
const followLink = 0x400

/**
 * A file that gets its name when it is whole, and vanishes by itself with a process that is killed before. Nothing has to
 * watch over it.
 *
 * @param write writes all of it to the descriptor.
 * @returns what `write` did; `null` where nothing was placed: the name is taken, or the runtime, the system or the file
 * system does not have it.
 * @throws what `write` throws.
 */
export function placeNameless<T>(
  folder: HeldFolder,
  name: string,
  write: (descriptor: number) => T,
): T | null {
  if (process.platform !== "linux" || folder.descriptor === null) return null
  const library = cLibrary()
  if (library === null) return null
  const descriptor = openNameless(folder)
  if (descriptor === null) return null
  try {
    const written = write(descriptor)
    const from = encodeUtf8(`/proc/self/fd/${descriptor}\0`)
    const to = encodeUtf8(`${folder.at(name)}\0`)
    const failed = library.linkat(workingFolder, from, workingFolder, to, followLink)
    return failed === 0 ? written : null
  } finally {
    closeSync(descriptor)
  }
}

function openNameless(folder: HeldFolder): number | null {
  try {
    return openSync(folder.at("."), constants.O_WRONLY | withoutName, 0o600)
  } catch {
    return null
  }
}
