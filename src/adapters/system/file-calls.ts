import { isBun } from "../../core/runtime.ts"
import { decodeLoosely } from "../../core/text.ts"
import { cLibrary } from "./c-library.ts"
import type { FileCalls, FilePath, FileStats } from "./file-shapes.ts"
import { LinuxCalls } from "./linux-calls.ts"
import { type FileConstants, linuxConstants } from "./linux-constants.ts"
import { nodeCalls } from "./node-calls.ts"

const ifThere = { throwIfNoEntry: false } as const

let chosen: FileCalls | undefined

/** Under Bun on Linux those of the C library, which take far less time to load; else those of `node:fs`. */
function calls(): FileCalls {
  chosen ??= linuxCalls() ?? nodeCalls()
  return chosen
}

function linuxCalls(): FileCalls | null {
  if (!isBun || process.platform !== "linux") return null
  const library = cLibrary()
  return library === null ? null : LinuxCalls.by(library)
}

/** As `node:fs` has them. */
export const constants: FileConstants =
  isBun && process.platform === "linux" ? linuxConstants : nodeCalls().constants

export const accessSync: FileCalls["accessSync"] = (path, mode) => calls().accessSync(path, mode)
export const closeSync: FileCalls["closeSync"] = (descriptor) => calls().closeSync(descriptor)
export const existsSync: FileCalls["existsSync"] = (path) => calls().existsSync(path)
export const fchmodSync: FileCalls["fchmodSync"] = (descriptor, mode) => calls().fchmodSync(descriptor, mode)
export const fchownSync: FileCalls["fchownSync"] = (descriptor, uid, gid) =>
  calls().fchownSync(descriptor, uid, gid)
export const fstatSync: FileCalls["fstatSync"] = (descriptor) => calls().fstatSync(descriptor)
export const fsyncSync: FileCalls["fsyncSync"] = (descriptor) => calls().fsyncSync(descriptor)
export const lstatSync = (path: FilePath): FileStats => calls().lstatSync(path)
/** `null` where nothing is. */
export const lstatIfThere = (path: FilePath): FileStats | null => calls().lstatSync(path, ifThere) ?? null
export const openSync: FileCalls["openSync"] = (path, flags, mode) => calls().openSync(path, flags, mode)
export const readdirSync: FileCalls["readdirSync"] = (path) => calls().readdirSync(path)
/** The names in a folder that begin so. */
export function namesBeginning(path: FilePath, beginning: string): string[] {
  const all = calls()
  if (all instanceof LinuxCalls) return all.namesBeginning(path, beginning)
  return all.readdirSync(path).filter((name) => name.startsWith(beginning))
}

export const readFileSync: FileCalls["readFileSync"] = (path) => calls().readFileSync(path)
/** A file as text, with U+FFFD in place of what is not UTF-8. */
export const readTextSync = (path: FilePath): string => decodeLoosely(calls().readFileSync(path))

/**
 * The same where nobody is kept waiting: what is no regular file, such as a pipe, is read beside all else.
 *
 * @throws Error of `node:fs`, with the system's words.
 */
export async function readText(path: string): Promise<string> {
  try {
    if (statSync(path).isFile()) return readTextSync(path)
  } catch {
    // node:fs is asked again, and tells why in more words.
  }
  const { readFile } = await import("node:fs/promises")
  return decodeLoosely(await readFile(path))
}

export const readlinkSync: FileCalls["readlinkSync"] = (path) => calls().readlinkSync(path)
export const readSync: FileCalls["readSync"] = (descriptor, into, offset, length, position) =>
  calls().readSync(descriptor, into, offset, length, position)
export const realpathSync: FileCalls["realpathSync"] = (path) => calls().realpathSync(path)
export const renameSync: FileCalls["renameSync"] = (from, to) => calls().renameSync(from, to)
export const statfsSync: FileCalls["statfsSync"] = (path) => calls().statfsSync(path)
export const statSync = (path: FilePath): FileStats => calls().statSync(path)
/** `null` where nothing is. */
export const statIfThere = (path: FilePath): FileStats | null => calls().statSync(path, ifThere) ?? null
export const unlinkSync: FileCalls["unlinkSync"] = (path) => calls().unlinkSync(path)
export const writeSync: FileCalls["writeSync"] = (descriptor, bytes, offset) =>
  calls().writeSync(descriptor, bytes, offset)
