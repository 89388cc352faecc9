import { gzipSync } from "node:zlib"
import { digestOf } from "./descriptor.ts"
import type { SealedLayerParts } from "./exchange.ts"
import { guessMembers, type LayerAccess, tarEnd, tarMember, type UstarMember } from "./ustar.ts"

/** A folder on the way to the sealed file. */
export interface SealedFolder extends LayerAccess {
  /** Without a slash at its beginning and its end. */
  readonly path: string
}

/** A layer with one sealed file, and nothing else but folders on the way to it. */
export interface SealedLayer extends LayerAccess {
  /** Of the file, without a slash at its beginning. */
  readonly path: string
  /** The outermost first; those that a layer below has need not be there. */
  readonly folders: readonly SealedFolder[]
  /** Seconds since 1970; of the folders too. */
  readonly mtime: number
  readonly content: Uint8Array
}

/** A sealed layer as a registry stores it. */
export interface PackedLayer extends SealedLayerParts {
  readonly bytes: Uint8Array
}

/** @throws RangeError for a path that is none of {@link isLayerPath}, and for numbers that no tar can hold. */
export function writeSealedLayer({ folders, path, content, ...file }: SealedLayer): Uint8Array {
  if (![path, ...folders.map((folder) => folder.path)].every(isLayerPath))
    throw new RangeError("this is no path of a file in a layer")
  const { mtime } = file
  return Buffer.concat([
    ...folders.map((folder) => tarMember({ ...folder, isFolder: true, mtime, content: new Uint8Array(0) })),
    tarMember({ ...file, path, isFolder: false, content }),
    tarEnd,
  ])
}

/**
 * Reads a layer that {@link writeSealedLayer} wrote, and no other one: what is read is written again and compared, so
 * that no other reader of tars can see another file in these bytes.
 *
 * @returns `null` for every other tar: with a link, a whiteout, a second file, an attribute, or bytes after its end.
 */
export function readSealedLayer(tar: Uint8Array): SealedLayer | null {
  const members = guessMembers(tar)
  const file = members?.at(-1)
  if (members === null || file === undefined || file.isFolder) return null
  const layer = layerOf(members.slice(0, -1), file)
  if (!isSound(layer)) return null
  try {
    return Buffer.from(tar).equals(writeSealedLayer(layer)) ? layer : null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function layerOf(folders: readonly UstarMember[], file: UstarMember): SealedLayer {
  const { path, mode, uid, gid, mtime, content } = file
  return {
    path,
    folders: folders.map((one) => ({ path: one.path, mode: one.mode, uid: one.uid, gid: one.gid })),
    ...{ mode, uid, gid, mtime, content },
  }
}

/** Folders lead to the file, each once and the outermost first. */
function isSound({ path, folders }: SealedLayer): boolean {
  const paths = [...folders.map((folder) => folder.path), path]
  return paths.every((one, at) => isLayerPath(one) && (at === 0 || one.startsWith(`${paths[at - 1]}/`)))
}

/** Whether a path leads to one place below the root of a layer, and none of its parts deletes something. */
export function isLayerPath(path: string): boolean {
  if (/[\0\n\r]/.test(path) || !path.isWellFormed()) return false
  return path
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && !part.startsWith(".wh."))
}

/** Packs a tar as layers are. */
export function packLayer(tar: Uint8Array): PackedLayer {
  const bytes = gzipSync(tar, { level: 9 })
  return { bytes, digest: digestOf(bytes), size: bytes.length, diffId: digestOf(tar) }
}
