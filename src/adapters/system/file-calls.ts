import { isBun } from "../../core/runtime.ts"
import { decodeLoosely } from "../../core/text.ts"
import { cLibrary } from "./c-library.ts"
import type { FileCalls, FilePath, FurtherCalls } from "./file-shapes.ts"
import { linuxCalls } from "./linux-calls.ts"
import { type FileConstants, linuxConstants } from "./linux-constants.ts"
import { furtherCalls, nodeCalls } from "./node-calls.ts"

const isLinux = isBun && process.platform === "linux"
const library = isLinux ? cLibrary() : null
/** Those of the C library take far less time to load. */
const ours = library === null ? null : linuxCalls(library)

/** As `node:fs` has them. */
export const constants: FileConstants = isLinux ? linuxConstants : nodeCalls().constants

/** Under Bun on Linux those of the C library; else those of `node:fs`. */
export const {
  accessSync,
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
}: FileCalls = ours ?? nodeCalls()

export const { lstatIfThere, namesBeginning, statIfThere }: FurtherCalls = ours ?? furtherCalls(nodeCalls())

/** A file as text, with U+FFFD in place of what is not UTF-8. */
export function readTextSync(path: FilePath): string {
  return decodeLoosely(readFileSync(path))
}

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
