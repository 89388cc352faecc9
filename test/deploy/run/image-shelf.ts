import { readConfiguration } from "../../../src/image/configuration.ts"
import { digestOf } from "../../../src/image/descriptor.ts"
import { type Exchange, exchangeLayer } from "../../../src/image/exchange.ts"
import { readManifest } from "../../../src/image/manifest.ts"
import { packLayer, type SealedLayer, writeSealedLayer } from "../../../src/image/sealed-layer.ts"
import type { BlobReference, ImageReader, StoredManifest } from "../../../src/ports/image-store.ts"

export const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const

/** A registry's repository in memory. */
export class ImageShelf implements ImageReader {
  readonly manifests = new Map<string, StoredManifest>()
  readonly blobs = new Map<string, Uint8Array>()
  /** The digests of what was asked for. */
  readonly asked: string[] = []

  /** @returns its digest. */
  putBlob(bytes: Uint8Array): string {
    const digest = digestOf(bytes)
    this.blobs.set(digest, bytes)
    return digest
  }

  putManifest(text: string, mediaType: string = types.manifest): string {
    const digest = digestOf(Buffer.from(text))
    this.manifests.set(digest, { digest, mediaType, text })
    return digest
  }

  async manifest(_: string, reference: string): Promise<StoredManifest | null> {
    this.asked.push(reference)
    return this.manifests.get(reference) ?? null
  }

  async *blob(_: string, { digest }: BlobReference): AsyncGenerator<Uint8Array> {
    this.asked.push(digest)
    yield this.blobs.get(digest) ?? new Uint8Array(0)
  }
}

/** A layer as it is stored, and the digest of its tar. */
export interface StoredLayer {
  readonly bytes: Uint8Array
  readonly diffId: string
  readonly mediaType?: string
  /** More members of its descriptor. */
  readonly more?: object
}

/** An image of one platform, in parts that can be altered before they are put together. */
export interface ImageParts {
  readonly layers: readonly StoredLayer[]
  /** But for its `rootfs`. */
  readonly configuration: object
  /** More members of the manifest. */
  readonly more: object
  /** Changes the text of the configuration. */
  readonly respell?: (text: string) => string
}

/** @returns the digest of the manifest. */
export function putImage(shelf: ImageShelf, { layers, configuration, more, respell }: ImageParts): string {
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) }
  const { rootfs: _, ...rest } = configuration as { rootfs?: object }
  const text = JSON.stringify({ ...rest, rootfs })
  const config = Buffer.from(respell?.(text) ?? text)
  const descriptors = layers.map(({ bytes, mediaType = types.layer, more: extra }) => ({
    ...{ mediaType, size: bytes.length, digest: shelf.putBlob(bytes) },
    ...extra,
  }))
  return shelf.putManifest(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, digest: shelf.putBlob(config), size: config.length },
      layers: descriptors,
      ...more,
    }),
  )
}

/** What happens in a layer to a file, as seals write it, unless said otherwise. */
export function sealedTar(part: Partial<SealedLayer> & Pick<SealedLayer, "content">): Uint8Array {
  return writeSealedLayer({
    ...{ path: "app/.env.sealed", folders: [], mode: 0o444, uid: 33, gid: 33, mtime: 1_767_323_045 },
    ...part,
  })
}

export function layerOf(tar: Uint8Array): StoredLayer {
  const { bytes, diffId } = packLayer(tar)
  return { bytes, diffId }
}

/** What a reseal makes of an image: its parts, as they are then put together. */
export function resealedParts(
  shelf: ImageShelf,
  from: string,
  tar: Uint8Array,
  how: Exchange["how"],
  root = from,
): { readonly parts: ImageParts; readonly digest: string } {
  const text = shelf.manifests.get(from)?.text ?? ""
  const manifest = readManifest(text, types.manifest, "shop")
  if (manifest.type === "index") throw new Error("it is an index")
  const config = Buffer.from(shelf.blobs.get(manifest.config.digest) ?? []).toString()
  const configuration = readConfiguration(config, "shop")
  const layer = packLayer(tar)
  const made = exchangeLayer({
    ...{ manifest, configuration, layer, how, from: root },
    at: "2026-02-03T04:05:06.789Z",
  })
  const kept = manifest.layers.slice(0, how === "replace" ? -1 : undefined)
  const layers = kept.map(({ digest, mediaType }, at) => {
    const bytes = shelf.blobs.get(digest) ?? new Uint8Array(0)
    return { bytes, mediaType, diffId: configuration.diffIds[at] ?? "" }
  })
  const { schemaVersion: _, mediaType: __, config: ___, layers: ____, ...more } = jsonOf(made.manifest.bytes)
  return {
    digest: made.manifest.digest,
    parts: { layers: [...layers, layer], configuration: jsonOf(made.configuration.bytes), more },
  }
}

function jsonOf(bytes: Uint8Array): Record<string, unknown> {
  return JSON.parse(Buffer.from(bytes).toString())
}
