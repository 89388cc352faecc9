import type { FileStats } from "./file-shapes.ts"

/** Linux: the part of a mode that is the type of the file, and four of the types (inode(7)). */
const typeBits = 0o170000
const types = { file: 0o100000, folder: 0o40000, link: 0o120000, device: 0o20000 }

/** Of `struct statx` in words of 32 bits. */
export const statxWords = 64

/** Where the fields are that are read, in words of 32 bits, the lower half of 64 first (statx(2)). */
const at = { uid: 5, gid: 6, mode: 7, ino: 8, size: 10, ctime: 24, mtime: 28, devMajor: 34, devMinor: 35 }

/** What the system wrote about a file into a `struct statx`. Each field is read when it is asked for: few are. */
export class LinuxStats implements FileStats {
  readonly #words: Uint32Array

  constructor(words: Uint32Array) {
    this.#words = words
  }

  get dev(): number {
    return device(word(this.#words, at.devMajor), word(this.#words, at.devMinor))
  }

  get ino(): number {
    return long(this.#words, at.ino)
  }

  get mode(): number {
    // 16 bits.
    return word(this.#words, at.mode) & 0xffff
  }

  get uid(): number {
    return word(this.#words, at.uid)
  }

  get gid(): number {
    return word(this.#words, at.gid)
  }

  get size(): number {
    return long(this.#words, at.size)
  }

  get mtimeMs(): number {
    return milliseconds(this.#words, at.mtime)
  }

  get ctimeMs(): number {
    return milliseconds(this.#words, at.ctime)
  }

  isFile(): boolean {
    return (this.mode & typeBits) === types.file
  }

  isDirectory(): boolean {
    return (this.mode & typeBits) === types.folder
  }

  isSymbolicLink(): boolean {
    return (this.mode & typeBits) === types.link
  }

  isCharacterDevice(): boolean {
    return (this.mode & typeBits) === types.device
  }
}

function word(words: Uint32Array, index: number): number {
  return words[index] ?? 0
}

/** 64 bits; like Node, not exact above 2^53. */
function long(words: Uint32Array, index: number): number {
  return word(words, index + 1) * 0x1_0000_0000 + word(words, index)
}

/** Seconds before 1970 are negative. */
function milliseconds(words: Uint32Array, index: number): number {
  const seconds = (word(words, index + 1) | 0) * 0x1_0000_0000 + word(words, index)
  return seconds * 1_000 + word(words, index + 2) / 1_000_000
}

/** As `makedev` of the C library puts the two together, and Node tells it. */
function device(major: number, minor: number): number {
  const upper = Math.floor(major / 0x1000) * 0x1000_0000_0000 + Math.floor(minor / 0x100) * 0x10_0000
  return upper + (major & 0xfff) * 0x100 + (minor & 0xff)
}
