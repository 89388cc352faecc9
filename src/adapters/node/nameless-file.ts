import { isBun } from "../../core/runtime.ts"
import { encodeUtf8 } from "../../core/text.ts"
import { cLibrary } from "../system/c-library.ts"
import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync } from "../system/file-calls.ts"
import { basename } from "../system/paths.ts"
import type { HeldFolder } from "./held-folder.ts"

/** Linux: `O_TMPFILE`, a file in a folder that has no name there. Node has no name for the flag. */
const withoutName = 0o20000000 | (constants.O_DIRECTORY ?? 0)
/** Linux: `AT_FDCWD` and `AT_SYMLINK_FOLLOW`. */
const workingFolder = -100
const followLink = 0x400

/** Gives the file of a descriptor its name in a folder. @returns whether it has it now; a name that is taken stays. */
type Namer = (descriptor: number, folder: HeldFolder, name: string) => boolean

/**
 * A file that gets its name when it is whole, and vanishes by itself with a process that is killed before. Nothing has to
 * watch over it.
 *
 * @param write writes all of it to the descriptor.
 * @param linker the program that makes a link under Node.
 * @returns what `write` did; `null` where nothing was placed: the name is taken, or the runtime, the system or the file
 * system does not have it.
 * @throws what `write` throws.
 */
export function placeNameless<T>(
  folder: HeldFolder,
  name: string,
  write: (descriptor: number) => T,
  linker = "/bin/ln",
): T | null {
  if (process.platform !== "linux" || folder.descriptor === null) return null
  const giveName = isBun ? namerByLibrary() : namerByProgram(linker)
  if (giveName === null) return null
  const descriptor = openNameless(folder)
  if (descriptor === null) return null
  try {
    const written = write(descriptor)
    return giveName(descriptor, folder, name) ? written : null
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

function namerByLibrary(): Namer | null {
  const library = cLibrary()
  if (library === null) return null
  return (descriptor, folder, name) => {
    const from = encodeUtf8(`/proc/self/fd/${descriptor}\0`)
    const to = encodeUtf8(`${folder.at(name)}\0`)
    return library.linkat(workingFolder, from, workingFolder, to, followLink) === 0
  }
}

/** Keeps a Ctrl-C on the terminal from reaching the linker. Node takes it here too, and does not document it. */
const ownSession = { detached: true }
/** A linker makes one link. One that takes longer hangs, and keeps signals and the deadline waiting. */
const longestLinkMs = 2_000

/**
 * Node has no call that follows the link of a descriptor, as `ln -L` of GNU does. It takes less time than a guard of a draft,
 * and helps process 1 of a container too. Where this process alone is killed while that one runs, the file gets its name yet:
 * whole, as if it had been killed after.
 *
 * @returns `null` where it is not there, or one program with many names: busybox has no `-L`, and others read the link.
 */
function namerByProgram(linker: string): Namer | null {
  if (!isProgramOfItsOwn(linker)) return null
  return (descriptor, folder, name) => {
    const { spawnSync } = process.getBuiltinModule("node:child_process")
    const { status } = spawnSync(linker, ["-LT", "--", "/proc/self/fd/3", `/proc/self/fd/4/${name}`], {
      cwd: "/",
      env: {},
      stdio: ["ignore", "ignore", "ignore", descriptor, folder.descriptor],
      timeout: longestLinkMs,
      killSignal: "SIGKILL",
      ...ownSession,
    })
    return status === 0 && isNamed(descriptor, folder.at(name))
  }
}

function isProgramOfItsOwn(path: string): boolean {
  try {
    return basename(realpathSync(path)) === basename(path)
  } catch {
    return false
  }
}

/** Not believed without a look: a program that does something else could say so too. */
function isNamed(descriptor: number, path: string): boolean {
  try {
    const [own, named] = [fstatSync(descriptor), lstatSync(path)]
    return own.dev === named.dev && own.ino === named.ino
  } catch {
    return false
  }
}
