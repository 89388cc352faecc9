import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Change, PlaceState, WorkTree } from "../../ports/files.ts"
import { fileError } from "./error.ts"
import { nodeFiles } from "./files.ts"
import { readLimited } from "./read.ts"

/** A `composer.lock` of a large app has more than one MiB. */
const limitBytes = 8 * 1024 * 1024

/** The tree below a folder. */
export function nodeWorkTree(top: string): WorkTree {
  return {
    look: (path) => look(top, path),
    write: (changes) => writeAll(top, changes),
  }
}

async function look(top: string, path: string): Promise<PlaceState> {
  for (const folder of foldersOf(path)) {
    const stats = statsOf(join(top, folder))
    if (stats === null) return { type: "nothing" }
    if (!stats.isDirectory()) return { type: "blocked", path: folder, by: kindOf(stats) }
  }
  const stats = statsOf(join(top, path))
  if (stats === null) return { type: "nothing" }
  if (!stats.isFile()) return { type: "blocked", path, by: kindOf(stats) }
  return { type: "file", bytes: await readLimited(join(top, path), limitBytes) }
}

/** `a/b` of `a/b/c`, after `a`. */
function foldersOf(path: string): string[] {
  const steps = path.split("/").slice(0, -1)
  return steps.map((_, at) => steps.slice(0, at + 1).join("/"))
}

function statsOf(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null
    throw fileError("INPUT_UNREADABLE", "read", path, error)
  }
}

function kindOf(stats: Stats): "folder" | "link" | "file" | "device" {
  if (stats.isSymbolicLink()) return "link"
  if (stats.isDirectory()) return "folder"
  return stats.isFile() ? "file" : "device"
}

type Undo = () => Promise<void> | void

async function writeAll(top: string, changes: readonly Change[]): Promise<void> {
  const undo: Undo[] = []
  try {
    for (const change of changes) await write(top, change, undo)
  } catch (error) {
    for (const one of undo.reverse()) await tried(one)
    throw error
  }
}

/** What cannot be undone, such as a folder that others have put something into, keeps nothing else from being. */
async function tried(undo: Undo): Promise<void> {
  try {
    await undo()
  } catch {
    // Why the write failed is what counts.
  }
}

async function write(
  top: string,
  { path, bytes, executable, replaces }: Change,
  undo: Undo[],
): Promise<void> {
  const whole = join(top, path)
  if (replaces !== null) {
    const mode = modeOfUnchanged(whole, path, replaces)
    const put = (content: Uint8Array) => nodeFiles.replace(whole, content, mode)
    await put(bytes)
    undo.push(() => put(replaces))
    return
  }
  makeFolders(top, path, undo)
  create(whole, path, bytes, executable)
  undo.push(() => rmSync(whole, { force: true }))
}

/** Of a file that is as it was seen: a change that somebody made meanwhile is not lost. */
function modeOfUnchanged(whole: string, path: string, seen: Uint8Array): number {
  const stats = statsOf(whole)
  if (stats?.isFile() && readFileSync(whole).equals(seen)) return stats.mode & 0o777
  throw takenMeanwhile(path, "was changed meanwhile")
}

function makeFolders(top: string, path: string, undo: Undo[]): void {
  for (const folder of foldersOf(path)) {
    const whole = join(top, folder)
    if (statsOf(whole)?.isDirectory()) continue
    try {
      mkdirSync(whole)
    } catch (error) {
      throw fileError("WRITE_FAILED", "make", whole, error)
    }
    undo.push(() => rmdirSync(whole))
  }
}

function create(whole: string, path: string, bytes: Uint8Array, executable: boolean): void {
  let descriptor: number
  try {
    descriptor = openSync(whole, "wx", executable ? 0o777 : 0o666)
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw fileError("WRITE_FAILED", "write", whole, error)
    throw takenMeanwhile(path, "has come to be meanwhile")
  }
  try {
    writeFileSync(descriptor, bytes)
    fsyncSync(descriptor)
  } catch (error) {
    rmSync(whole, { force: true })
    throw fileError("WRITE_FAILED", "write", whole, error)
  } finally {
    closeSync(descriptor)
  }
}

function takenMeanwhile(path: string, how: string): EnvsealError {
  const hint = "run it again; nothing was written"
  return new EnvsealError("TARGET_EXISTS", `${printable(path)} ${how}`, { hint })
}
