import { concatBytes } from "../../core/bytes.ts"
import { decodeLoosely, encodeUtf8 } from "../../core/text.ts"
import type { CLibrary } from "./c-library.ts"
import { errorCode } from "./error-code.ts"
import type { FileCalls, FilePath, FileStats, IfThere } from "./file-shapes.ts"
import { linuxConstants } from "./linux-constants.ts"
import { statsIn, statxWords } from "./linux-stats.ts"
import { nodeCalls } from "./node-calls.ts"
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

/** The same as `node:fs`, by the C library: Bun takes a third of an empty program's time to load `node:fs`. */
export class LinuxCalls implements FileCalls {
  readonly #library: CLibrary
  readonly #numbers: CallNumbers
  /** Written over by each call of `statx`. */
  readonly #words = new Uint32Array(statxWords)

  private constructor(library: CLibrary, numbers: CallNumbers) {
    this.#library = library
    this.#numbers = numbers
  }

  /** @returns `null` for a processor whose calls are not known here. */
  static by(library: CLibrary): LinuxCalls | null {
    const numbers = numbersOf[process.arch]
    return numbers === undefined ? null : new LinuxCalls(library, numbers)
  }

  accessSync(path: FilePath, mode = 0): void {
    const name = terminated(path)
    this.#made("access", path, () => this.#library.access(name, mode))
  }

  /** Never made again: the number may be another file's by then, and Linux closes it even when it is interrupted. */
  closeSync(descriptor: number): void {
    if (this.#library.close(descriptor) === 0) return
    const number = this.#library.errno()
    if (number !== interrupted) throw failure(number, "close", null)
  }

  existsSync(path: FilePath): boolean {
    try {
      return this.#library.access(terminated(path), 0) === 0
    } catch {
      // A path with a NUL in it.
      return false
    }
  }

  fchmodSync(descriptor: number, mode: number): void {
    this.#made("fchmod", null, () => this.#library.fchmod(descriptor, mode))
  }

  fchownSync(descriptor: number, uid: number, gid: number): void {
    this.#made("fchown", null, () => this.#library.fchown(descriptor, uid, gid))
  }

  fstatSync(descriptor: number): FileStats {
    const words = this.#statx(descriptor, "", emptyPath)
    return words == null ? nodeCalls().fstatSync(descriptor) : statsIn(words)
  }

  fsyncSync(descriptor: number): void {
    this.#made("fsync", null, () => this.#library.fsync(descriptor))
  }

  lstatSync(path: FilePath): FileStats
  lstatSync(path: FilePath, options: IfThere): FileStats | undefined
  lstatSync(path: FilePath, options?: IfThere): FileStats | undefined {
    const words = this.#statx(workingFolder, path, noFollow, options)
    if (words === undefined) return undefined
    return words === null ? nodeCalls().lstatSync(path, options as IfThere) : statsIn(words)
  }

  openSync(path: FilePath, flags: number, mode = usualMode): number {
    const name = terminated(path)
    return this.#made("open", path, () => this.#library.open(name, flags | closeOnExec, mode))
  }

  readdirSync(path: FilePath): string[] {
    return this.namesBeginning(path, "")
  }

  /** The names in a folder that begin so: the others are not even made text of. */
  namesBeginning(path: FilePath, beginning: string): string[] {
    const first = encodeUtf8(beginning)
    const { O_RDONLY, O_DIRECTORY } = linuxConstants
    return this.#whileOpen(path, O_RDONLY | O_DIRECTORY, (descriptor) => {
      const names: string[] = []
      const entries = new Uint8Array(entriesBytes)
      for (;;) {
        const length = this.#made("scandir", path, () =>
          this.#library.syscall(this.#numbers.getdents64, descriptor, entries, entries.length, 0, null),
        )
        if (length === 0) return names
        names.push(...namesIn(entries.subarray(0, length), first))
      }
    })
  }

  readFileSync(path: FilePath): Uint8Array {
    return this.#whileOpen(path, linuxConstants.O_RDONLY, (descriptor) =>
      readToEnd((room) => this.readSync(descriptor, room, 0, room.length, null)),
    )
  }

  readlinkSync(path: FilePath): string {
    const name = terminated(path)
    const target = new Uint8Array(longestPathBytes)
    const length = this.#made("readlink", path, () => this.#library.readlink(name, target, target.length))
    return decodeLoosely(target.subarray(0, length))
  }

  readSync(
    descriptor: number,
    into: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number {
    const room = into.subarray(offset, offset + length)
    return this.#made("read", null, () =>
      position === null
        ? this.#library.read(descriptor, room, room.length)
        : this.#library.pread(descriptor, room, room.length, position),
    )
  }

  realpathSync(path: FilePath): string {
    const name = terminated(path)
    const found = new Uint8Array(longestPathBytes)
    this.#made("realpath", path, () => (this.#library.realpath(name, found) ? 0 : -1))
    return decodeLoosely(found.subarray(0, found.indexOf(0)))
  }

  renameSync(from: FilePath, to: FilePath): void {
    const [old, next] = [terminated(from), terminated(to)]
    this.#made("rename", from, () => this.#library.rename(old, next))
  }

  statfsSync(path: FilePath): { readonly type: number } {
    const name = terminated(path)
    const words = new Uint32Array(statfsWords)
    this.#made("statfs", path, () => this.#library.statfs(name, words))
    return { type: words[0] ?? 0 }
  }

  statSync(path: FilePath): FileStats
  statSync(path: FilePath, options: IfThere): FileStats | undefined
  statSync(path: FilePath, options?: IfThere): FileStats | undefined {
    const words = this.#statx(workingFolder, path, 0, options)
    if (words === undefined) return undefined
    return words === null ? nodeCalls().statSync(path, options as IfThere) : statsIn(words)
  }

  unlinkSync(path: FilePath): void {
    const name = terminated(path)
    this.#made("unlink", path, () => this.#library.unlink(name))
  }

  writeSync(descriptor: number, bytes: Uint8Array, offset: number): number {
    const rest = bytes.subarray(offset)
    return this.#made("write", null, () => this.#library.write(descriptor, rest, rest.length))
  }

  /**
   * @returns `undefined` where nothing is and the options allow that; `null` where it cannot be asked: an old kernel, or a
   * filter of system calls that does not know it.
   */
  #statx(folder: number, path: FilePath, flags: number, options?: IfThere): Uint32Array | undefined | null {
    const name = terminated(path)
    const words = this.#words
    const { statx } = this.#numbers
    for (;;) {
      if (this.#library.syscall(statx, folder, name, flags, basicStats, words) === 0) return words
      const number = this.#library.errno()
      if (number === noEntry && options !== undefined) return undefined
      if (unasked.has(number)) return null
      if (number !== interrupted) throw failure(number, "stat", path)
    }
  }

  #whileOpen<T>(path: FilePath, flags: number, work: (descriptor: number) => T): T {
    const descriptor = this.openSync(path, flags)
    try {
      return work(descriptor)
    } finally {
      this.closeSync(descriptor)
    }
  }

  /** @returns what the call does, which is made again while a signal interrupts it. */
  #made(name: string, path: FilePath | null, call: () => number): number {
    for (;;) {
      const result = call()
      if (result >= 0) return result
      const number = this.#library.errno()
      if (number !== interrupted) throw failure(number, name, path)
    }
  }
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
