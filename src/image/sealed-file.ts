import { EnvsealError } from "../core/error.ts"
import { printable } from "../core/text.ts"
import type { ScanTargets } from "../ports/scan-target.ts"
import { compressionOf, magicBytes } from "./compression.ts"
import type { Descriptor } from "./descriptor.ts"
import { type ImageSource, streamBlob } from "./fetch.ts"
import { Input } from "./input.ts"
import type { PlatformManifest } from "./manifest.ts"
import { layerPacking } from "./media-type.ts"
import { normalPath } from "./normal-path.ts"
import type { SealedFolder } from "./sealed-layer.ts"
import { readTar, type TarMember } from "./tar.ts"
import type { LayerAccess } from "./ustar.ts"

/** What a layer holds at the path of the sealed file. */
export interface HeldFile extends LayerAccess {
  readonly path: string
  readonly content: Uint8Array
  /** The folders on the way to it that the layer names, the outermost first. */
  readonly folders: readonly SealedFolder[]
  /** Whether the layer holds nothing else: then it can be replaced, and another one otherwise covered. */
  readonly isAlone: boolean
}

/** The sealed file of one platform's image. */
export interface SealedFile extends HeldFile {
  /** Of its layer, from 0; the base image's first. */
  readonly layer: number
  /** How another sealed file gets into its place. */
  readonly how: "replace" | "cover"
}

/** How the bytes of a layer come. */
export interface LayerReader {
  readonly source: ImageSource
  readonly decompress: ScanTargets["decompress"]
  /** Told before a layer is read. */
  readonly onLayer?: (layer: Descriptor) => void
}

/** Far more than `seal` ever writes: its input has 1 MiB. */
const maxSealedBytes = 16_777_216

/** What an extended header may say of a member that says nothing beyond the plain header. */
const plainRecords = ["path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime", "atime", "ctime"]

/**
 * Finds the sealed file of an image, in the last layer that says anything of its path. Layers are read from there on, each
 * to its end, so that it is held against its digest. What the history says of them is not asked: a step that only changes
 * owners puts the file into a layer too, and does not name it.
 *
 * @param path in the image, from its root.
 * @returns `null` when the image has no file there, or no more.
 * @throws EnvsealError `IMAGE_MALFORMED` for a damaged layer, or as an `ImageReader` does.
 */
export async function findSealedFile(
  { manifest }: { readonly manifest: PlatformManifest },
  path: string,
  reader: LayerReader,
): Promise<SealedFile | null> {
  const last = manifest.layers.length - 1
  for (const [layer, descriptor] of [...manifest.layers.entries()].reverse()) {
    if (layerPacking(descriptor.mediaType) === null) continue
    reader.onLayer?.(descriptor)
    const held = await holdIn(membersOf(descriptor, reader), path)
    if (held === "hidden") return null
    if (held !== null) return { ...held, layer, how: layer === last && held.isAlone ? "replace" : "cover" }
  }
  return null
}

async function* membersOf(layer: Descriptor, { source, decompress }: LayerReader): AsyncGenerator<TarMember> {
  const stored = new Input(streamBlob(source, layer))
  const compression = compressionOf(await stored.peek(magicBytes))
  const tar = compression === null ? stored : decompress(stored, compression)
  yield* readTar(tar, `the layer ${layer.digest}`)
  // Both readers stop at their ends, and only the last byte tells whether the layer is the one of its digest.
  await stored.drain()
}

/** @returns `hidden` when no layer below shows a file there, and `null` when the layer says nothing of the path. */
export async function holdIn(
  members: AsyncIterable<TarMember>,
  path: string,
): Promise<HeldFile | "hidden" | null> {
  let file: (LayerAccess & { readonly content: Uint8Array }) | null = null
  let isAlone = true
  let isHidden = false
  const folders = new Map<string, SealedFolder>()
  for await (const member of members) {
    const at = normalPath(member.path)
    const isPlain = member.extended.every((name) => plainRecords.includes(name))
    const { mode, uid, gid } = member
    if (
      member.type === "folder" &&
      path.startsWith(`${at}/`) &&
      isPlain &&
      file === null &&
      !folders.has(at)
    ) {
      folders.set(at, { path: at, mode, uid, gid })
    } else if (at === path) {
      isAlone &&= file === null && isPlain && member.type === "file"
      file = member.type === "file" ? { mode, uid, gid, content: await readWhole(member) } : null
      isHidden = true
    } else {
      isAlone = false
      isHidden ||= hides(at, member.type, path)
      await drain(member.content)
    }
  }
  if (file === null) return isHidden ? "hidden" : null
  const sorted = [...folders.values()].sort((one, other) => one.path.length - other.path.length)
  return { ...file, path, folders: sorted, isAlone }
}

/** Whether a member that is beside a path takes away what the layers below have there (OCI image layers, "Whiteouts"). */
function hides(at: string, type: TarMember["type"], path: string): boolean {
  const [, folder = "", name = ""] = /^(.*\/)?\.wh\.([^/]+)$/.exec(at) ?? []
  if (name === ".wh..opq") return path.startsWith(folder)
  if (name !== "") return `${path}/`.startsWith(`${folder}${name}/`)
  return type !== "folder" && path.startsWith(`${at}/`)
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
}

async function readWhole({ path, content }: TarMember): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of content) {
    size += chunk.length
    if (size > maxSealedBytes) {
      throw new EnvsealError("IMAGE_MALFORMED", `${printable(path)} in the image is too large to be sealed`, {
        hint: "name the sealed file as the image has it",
      })
    }
    chunks.push(Uint8Array.from(chunk))
  }
  return Buffer.concat(chunks)
}
