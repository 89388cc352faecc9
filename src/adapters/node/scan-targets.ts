import { type Dirent, statSync } from "node:fs"
import { readdir, readlink } from "node:fs/promises"
import { join } from "node:path"
import type { Member, ScanTargets } from "../../ports/scan-target.ts"
import { readChunks, readStdinChunks } from "./chunks.ts"
import { decompress } from "./decompress.ts"
import { fileError } from "./error.ts"

/** Files, folders and standard input of the machine. */
export const nodeScanTargets: ScanTargets = {
  open: async (path) => {
    if (path === "-") return { type: "stream", chunks: readStdinChunks() }
    return isFolder(path)
      ? { type: "folder", members: walk(path, "") }
      : { type: "stream", chunks: readChunks(path) }
  },
  decompress,
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw unreadable(path, error, isImageName(path) ? saveFirst(path) : undefined)
  }
}

/** Whether a path that leads nowhere reads like the name of an image, with its tag or digest. */
function isImageName(path: string): boolean {
  return /^(?:[a-z0-9][a-z0-9.-]*(?::\d+)?\/)?[a-z0-9][a-z0-9._/-]*(?::\w[\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.test(
    path,
  )
}

function saveFirst(image: string): string {
  return `to scan an image, save it first: docker save ${image} | envseal scan -`
}

/** Everything below a folder, in the order of the names. Links are reported, and not followed. */
async function* walk(root: string, below: string): AsyncGenerator<Member> {
  for (const entry of await list(join(root, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`
    yield await memberOf(join(root, path), path, entry)
    if (entry.isDirectory()) yield* walk(root, path)
  }
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw unreadable(folder, error)
  }
}

async function memberOf(file: string, path: string, entry: Dirent): Promise<Member> {
  const member = { path, link: "", texts: [], content: nothing() }
  if (entry.isFile()) return { ...member, type: "file", content: readChunks(file) }
  if (entry.isSymbolicLink()) return { ...member, type: "symlink", link: await target(file) }
  return { ...member, type: entry.isDirectory() ? "folder" : "other" }
}

async function target(link: string): Promise<string> {
  try {
    return await readlink(link)
  } catch (error) {
    throw unreadable(link, error)
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function unreadable(path: string, cause: unknown, hint = "check the path, and who may read it"): Error {
  return fileError("INPUT_UNREADABLE", "read", path, cause, hint)
}
