/** What is asked of `Stats` of `node:fs`. */
export interface FileStats {
  readonly dev: number
  readonly ino: number
  /** With the type of the file. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
  isCharacterDevice(): boolean
}

/** As `node:fs` takes it: bytes where it is not UTF-8. */
export type FilePath = string | Uint8Array

/**
 * The functions of `node:fs` that `open` makes use of, with what they mean there. Each throws an `Error` that has the
 * system's `code`.
 */
export interface FileCalls {
  accessSync(path: FilePath, mode?: number): void
  closeSync(descriptor: number): void
  existsSync(path: FilePath): boolean
  fchmodSync(descriptor: number, mode: number): void
  fchownSync(descriptor: number, uid: number, gid: number): void
  fstatSync(descriptor: number): FileStats
  fsyncSync(descriptor: number): void
  lstatSync(path: FilePath): FileStats
  openSync(path: FilePath, flags: number, mode?: number): number
  readdirSync(path: FilePath): string[]
  readFileSync(path: FilePath): Uint8Array
  readlinkSync(path: FilePath): string
  readSync(
    descriptor: number,
    into: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): number
  realpathSync(path: FilePath): string
  renameSync(from: FilePath, to: FilePath): void
  /** `type` as the system numbers file systems. */
  statfsSync(path: FilePath): { readonly type: number }
  statSync(path: FilePath): FileStats
  unlinkSync(path: FilePath): void
  writeSync(descriptor: number, bytes: Uint8Array, offset: number): number
}

/** What `open` makes use of besides. It asks for much that is not there, and to make an `Error` takes time. */
export interface FurtherCalls {
  /** `null` where nothing is; under Node also where something on the way is no folder. */
  statIfThere(path: FilePath): FileStats | null
  /** The same of a link itself. */
  lstatIfThere(path: FilePath): FileStats | null
  /** The names in a folder that begin so. */
  namesBeginning(path: FilePath, beginning: string): string[]
}
