import { concatBytes } from "../../core/bytes.ts"
import { decodeLoosely, encodeUtf8 } from "../../core/text.ts"
import type { CLibrary } from "./c-library.ts"
import { errorCode } from "./error-code.ts"
import type { FileCalls, FilePath, FileStats, FurtherCalls } from "./file-shapes.ts"
import { linuxConstants } from "./linux-constants.ts"
import { LinuxStats, statxWords } from "./linux-stats.ts"
import { furtherCalls, nodeCalls } from "./node-calls.ts"
import { readToEnd } from "./read-to-end.ts"

/** Linux: the numbers of the calls that not every C library has (syscall_64.tbl; asm-generic/unistd.h for arm64). */
interface CallNumbers {
  readonly statx: number
  readonly getdents64: number
}

const numbersOf: Readonly<Record<string, CallNumbers>> = {
  x64: { statx: 332, getdents64: 217 },
  arm64: { statx: 291, getdents64: 61 },
}

/** Linux: `O_CLOEXEC`, which Node also adds to all that it opens. */
const closeOnExec = 0o2000000
/** Linux: `AT_FDCWD`, `AT_SYMLINK_NOFOLLOW`, `AT_EMPTY_PATH`, `STATX_BASIC_STATS`. */
const workingFolder = -100
const noFollow = 0x100
const emptyPath = 0x1000
const basicStats = 0x7ff
/** Linux: `ENOENT` and `EINTR`. */
const noEntry = 2
const interrupted = 4
/** Linux: `EPERM` and `ENOSYS`, where a call itself is refused. */
const unasked: ReadonlySet<number> = new Set([1, 38])

/** Of `struct statfs` in words of 32 bits, with room to spare; the type is the first. */
const statfsWords = 64

const usualMode = 0o666
const longestPathBytes = 4_096
const entriesBytes = 8_192
/** Of a `struct linux_dirent64`: where the length of the entry is, and its name (getdents64(2)). */
const lengthAt = 16
const nameAt = 19

/**
 * The same as `node:fs`, by the C library: Bun takes a third of an empty program's time to load `node:fs`. Each function has
 * its own loop, and hands no closure to a helper: under Bun every function that runs takes time to get ready.
 *
 * @returns `null` for a processor whose calls are not known here.
 */
export function linuxCalls(library: CLibrary): (FileCalls & FurtherCalls) | null {
  const numbers = numbersOf[process.arch]
  if (numbers === undefined) return null
  const { statx, getdents64 } = numbers
  const { O_RDONLY, O_DIRECTORY } = linuxConstants

  /** Returns where a signal interrupted the call, which is to be made again. @throws Error for every other failure. */
  function orAgain(call: string, path: FilePath | null): void {
    const number = library.errno()
    if (number !== interrupted) throw failure(number, call, path)
  }

  function openSync(path: FilePath, flags: number, mode = usualMode): number {
    const name = terminated(path)
    for (;;) {
      const descriptor = library.open(name, flags | closeOnExec, mode)
      if (descriptor >= 0) return descriptor
      orAgain("open", path)
    }
  }

  /** Never made again: the number may be another file's by then, and Linux closes it even when it is interrupted. */
  function closeSync(descriptor: number): void {
    if (library.close(descriptor) === 0) return
    const number = library.errno()
    if (number !== interrupted) throw failure(number, "close", null)
  }

  function readSync(
    descriptor: number,
    into: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number {
    const room = into.subarray(offset, offset + length)
    for (;;) {
      const bytes =
        position === null
          ? library.read(descriptor, room, room.length)
          : library.pread(descriptor, room, room.length, position)
      if (bytes >= 0) return bytes
      orAgain("read", null)
    }
  }

  /**
   * @returns `undefined` where nothing is; `null` where it cannot be asked: an old kernel, or a filter of system calls that
   * does not know it.
   */
  function ask(folder: number, path: FilePath, flags: number): LinuxStats | undefined | null {
    const name = terminated(path)
    const words = new Uint32Array(statxWords)
    for (;;) {
      if (library.syscall(statx, folder, name, flags, basicStats, words) === 0) return new LinuxStats(words)
      const number = library.errno()
      if (number === noEntry) return undefined
      if (unasked.has(number)) return null
      if (number !== interrupted) throw failure(number, "stat", path)
    }
  }

  function statIfThere(path: FilePath): FileStats | null {
    const found = ask(workingFolder, path, 0)
    if (found === undefined) return null
    return found === null ? furtherCalls(nodeCalls()).statIfThere(path) : found
  }

  function lstatIfThere(path: FilePath): FileStats | null {
    const found = ask(workingFolder, path, noFollow)
    if (found === undefined) return null
    return found === null ? furtherCalls(nodeCalls()).lstatIfThere(path) : found
  }

  function namesBeginning(path: FilePath, beginning: string): string[] {
    const first = encodeUtf8(beginning)
    const names: string[] = []
    const entries = new Uint8Array(entriesBytes)
    const descriptor = openSync(path, O_RDONLY | O_DIRECTORY)
    try {
      for (;;) {
        const length = library.syscall(getdents64, descriptor, entries, entries.length, 0, null)
        if (length === 0) return names
        if (length > 0) names.push(...namesIn(entries.subarray(0, length), first))
        else orAgain("scandir", path)
      }
    } finally {
      closeSync(descriptor)
    }
  }

  return {
    openSync,
    closeSync,
    readSync,
    statIfThere,
    lstatIfThere,
    namesBeginning,
    readdirSync: (path) => namesBeginning(path, ""),
    statSync: (path) => statIfThere(path) ?? gone(path),
    lstatSync: (path) => lstatIfThere(path) ?? gone(path),
    fstatSync(descriptor) {
      const found = ask(descriptor, "", emptyPath)
      // An open file is always there.
      return found ?? nodeCalls().fstatSync(descriptor)
    },
    accessSync(path, mode = 0) {
      const name = terminated(path)
      while (library.access(name, mode) !== 0) orAgain("access", path)
    },
    existsSync(path) {
      try {
        return library.access(terminated(path), 0) === 0
      } catch {
        // A path with a NUL in it.
        return false
      }
    },
    fchmodSync(descriptor, mode) {
      while (library.fchmod(descriptor, mode) !== 0) orAgain("fchmod", null)
    },
    fchownSync(descriptor, uid, gid) {
      while (library.fchown(descriptor, uid, gid) !== 0) orAgain("fchown", null)
    },
    fsyncSync(descriptor) {
      while (library.fsync(descriptor) !== 0) orAgain("fsync", null)
    },
    readFileSync(path) {
      const descriptor = openSync(path, O_RDONLY)
      try {
        return readToEnd((room) => readSync(descriptor, room, 0, room.length, null))
      } finally {
        closeSync(descriptor)
      }
    },
    readlinkSync(path) {
      const name = terminated(path)
      const target = new Uint8Array(longestPathBytes)
      for (;;) {
        const length = library.readlink(name, target, target.length)
        if (length >= 0) return decodeLoosely(target.subarray(0, length))
        orAgain("readlink", path)
      }
    },
    realpathSync(path) {
      const name = terminated(path)
      const found = new Uint8Array(longestPathBytes)
      while (!library.realpath(name, found)) orAgain("realpath", path)
      return decodeLoosely(found.subarray(0, found.indexOf(0)))
    },
    renameSync(from, to) {
      const [old, next] = [terminated(from), terminated(to)]
      while (library.rename(old, next) !== 0) orAgain("rename", from)
    },
    statfsSync(path) {
      const name = terminated(path)
      const room = new Uint32Array(statfsWords)
      while (library.statfs(name, room) !== 0) orAgain("statfs", path)
      return { type: room[0] ?? 0 }
    },
    unlinkSync(path) {
      const name = terminated(path)
      while (library.unlink(name) !== 0) orAgain("unlink", path)
    },
    writeSync(descriptor, bytes, offset) {
      const rest = bytes.subarray(offset)
      for (;;) {
        const written = library.write(descriptor, rest, rest.length)
        if (written >= 0) return written
        orAgain("write", null)
      }
    },
  }
}

function gone(path: FilePath): never {
  throw failure(noEntry, "stat", path)
}

/** @throws Error for a path with a NUL in it, which would be another path to the system. */
function terminated(path: FilePath): Uint8Array {
  const bytes = typeof path === "string" ? encodeUtf8(`${path}\0`) : concatBytes([path, new Uint8Array(1)])
  if (bytes.indexOf(0) === bytes.length - 1) return bytes
  throw Object.assign(new TypeError("a path has a NUL in it"), { code: "ERR_INVALID_ARG_VALUE" })
}

/** The names of a run of entries that begin so, but for the folder itself and the one above. */
function namesIn(entries: Uint8Array, beginning: Uint8Array): string[] {
  const names: string[] = []
  for (let at = 0; at < entries.length; at += lengthOf(entries, at)) {
    if (!hasAt(entries, at + nameAt, beginning)) continue
    const name = decodeLoosely(entries.subarray(at + nameAt, entries.indexOf(0, at + nameAt)))
    if (name !== "." && name !== "..") names.push(name)
  }
  return names
}

function hasAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let index = 0; index < part.length; index++) if (bytes[at + index] !== part[index]) return false
  return true
}

/** Of 16 bits, the lower ones first. */
function lengthOf(entries: Uint8Array, at: number): number {
  return (entries[at + lengthAt] ?? 0) + (entries[at + lengthAt + 1] ?? 0) * 0x100
}

/** As `node:fs` throws it, but for the system's sentence. */
function failure(number: number, syscall: string, path: FilePath | null): Error {
  const code = errorCode(number)
  if (path === null) return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall })
  const text = typeof path === "string" ? path : decodeLoosely(path)
  return Object.assign(new Error(`${code}: ${syscall} '${text}'`), { code, syscall, path: text })
}
