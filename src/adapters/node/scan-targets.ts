import { type Stats, statSync } from "node:fs"
import { lstat, readdir, readlink } from "node:fs/promises"
import type { RawText } from "../../ports/runtime.ts"
import type { Member, ScanTargets } from "../../ports/scan-target.ts"
import { readChunks, readStdinChunks } from "./chunks.ts"
import { decompress } from "./decompress.ts"
import { fileError } from "./error.ts"
import { isReplaced } from "./given.ts"
import { joinRaw, rawBytes, rawPath, rawText } from "./raw-text.ts"

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

/** What a folder has, with its name as the system keeps it: one that is not UTF-8 stays bytes. */
interface Entry {
  readonly name: RawText
  readonly type: Member["type"]
}

/** Everything below a folder, in the order of the names. Links are reported, and not followed. */
async function* walk(root: RawText, below: string): AsyncGenerator<Member> {
  for (const entry of await list(root)) {
    const file = joinRaw(root, entry.name)
    const name = rawBytes(entry.name).toString()
    const path = below === "" ? name : `${below}/${name}`
    yield await memberOf(file, path, entry)
    if (entry.type === "folder") yield* walk(file, path)
  }
}

async function list(folder: RawText): Promise<readonly Entry[]> {
  try {
    const entries = await readdir(rawPath(folder), { withFileTypes: true })
    const names = entries.map(({ name }) => name)
    const list = names.some(isReplaced)
      ? await listBytes(folder)
      : entries.map((entry): Entry => ({ name: entry.name, type: typeOf(entry) }))
    return list.toSorted((a, b) => Buffer.compare(rawBytes(a.name), rawBytes(b.name)))
  } catch (error) {
    throw unreadable(shownPath(folder), error)
  }
}

/** Bun tells bytes of names only without the types. */
async function listBytes(folder: RawText): Promise<readonly Entry[]> {
  const names = await readdir(rawPath(folder), { encoding: "buffer" })
  return Promise.all(
    names.map(async (bytes) => {
      const name = rawText(bytes)
      return { name, type: typeOf(await lstat(rawPath(joinRaw(folder, name)))) }
    }),
  )
}

function typeOf(entry: Pick<Stats, "isFile" | "isSymbolicLink" | "isDirectory">): Member["type"] {
  if (entry.isFile()) return "file"
  if (entry.isSymbolicLink()) return "symlink"
  return entry.isDirectory() ? "folder" : "other"
}

async function memberOf(file: RawText, path: string, { type }: Entry): Promise<Member> {
  const member = { type, path, link: "", texts: [], content: nothing() }
  if (type === "file") return { ...member, content: readChunks(rawPath(file), shownPath(file)) }
  return type === "symlink" ? { ...member, link: await target(file) } : member
}

async function target(link: RawText): Promise<string> {
  try {
    return await readlink(rawPath(link))
  } catch (error) {
    throw unreadable(shownPath(link), error)
  }
}

/** For messages, which are made safe where they are written. */
function shownPath(path: RawText): string {
  return rawBytes(path).toString()
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function unreadable(path: string, cause: unknown, hint = "check the path, and who may read it"): Error {
  return fileError("INPUT_UNREADABLE", "read", path, cause, hint)
}
