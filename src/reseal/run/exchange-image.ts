import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { exchangeLayer, exchangeManifests, type ImagePart } from "../../image/exchange.ts"
import { normalPath } from "../../image/normal-path.ts"
import { findSealedFile, type LayerReader, type SealedFile } from "../../image/sealed-file.ts"
import { isLayerPath, type PackedLayer, packLayer, writeSealedLayer } from "../../image/sealed-layer.ts"
import type { LoadedImage, PlatformImage } from "./running-image.ts"

/** One platform's image, with the file in it that is exchanged. */
export interface FoundPlatform extends PlatformImage {
  readonly file: SealedFile
}

/** The image of one platform as it is to be. */
export interface ExchangedPlatform extends FoundPlatform {
  readonly layer: PackedLayer
  /** The layer's tar. */
  readonly tar: Uint8Array
  readonly newManifest: ImagePart
  readonly newConfiguration: ImagePart
}

export interface ExchangedImage {
  readonly platforms: readonly ExchangedPlatform[]
  /** What the tag is put on: the index, or the only manifest. */
  readonly top: ImagePart
}

/**
 * Finds the sealed file in the image of each platform.
 *
 * @param path in the image: from its root, or from its working directory.
 * @throws EnvsealError `USAGE` for what is no path of a file, `NOT_RESEALABLE` when there is no file.
 */
export async function findPlatforms(
  { platforms }: LoadedImage,
  path: string,
  reader: LayerReader,
): Promise<FoundPlatform[]> {
  const found: FoundPlatform[] = []
  for (const platform of platforms) {
    const { workingDir } = platform.configuration
    const at = normalPath(path.startsWith("/") ? path : `${workingDir}/${path}`)
    if (!isLayerPath(at)) throw noPath(path)
    const file = await findSealedFile(platform, at, reader)
    if (file === null) throw notThere(at, platform)
    found.push({ ...platform, file })
  }
  return found
}

function noPath(path: string): EnvsealError {
  return new EnvsealError("USAGE", `--path: "${printable(path)}" is no path of a file in an image`, {
    hint: "write --path /app/.env.sealed, or leave it out for .env.sealed in the working directory",
  })
}

function notThere(path: string, { platform }: PlatformImage): EnvsealError {
  const image = platform === null ? "the image" : `the image for ${printable(platform)}`
  return new EnvsealError("NOT_RESEALABLE", `${image} has no sealed file at /${printable(path)}`, {
    hint: "name its place with --path, or build the image with envseal: a Dockerfile copies .env.sealed into it",
  })
}

/**
 * The same image with other bytes for its sealed file: owner, mode and folders stay.
 *
 * @param sealedAt RFC 3339, to the millisecond.
 */
export function exchangeImage(
  { digest: from, index }: LoadedImage,
  platforms: readonly FoundPlatform[],
  content: Uint8Array,
  sealedAt: string,
): ExchangedImage {
  const exchanged = platforms.map((platform) => exchangePlatform(platform, { from, content, sealedAt }))
  const manifests = new Map(exchanged.map(({ digest, newManifest }) => [digest, newManifest]))
  const top = index === null ? exchanged[0]?.newManifest : exchangeManifests(index, manifests, from)
  if (top === undefined) throw new Error("the image has no platform")
  return { platforms: exchanged, top }
}

function exchangePlatform(
  platform: FoundPlatform,
  { from, content, sealedAt }: { from: string; content: Uint8Array; sealedAt: string },
): ExchangedPlatform {
  const { manifest, configuration, file } = platform
  const { how, path, mode, uid, gid } = file
  const tar = writeSealedLayer({
    ...{ path, mode, uid, gid, content },
    folders: how === "replace" ? file.folders : [],
    mtime: Math.floor(Date.parse(sealedAt) / 1_000),
  })
  const layer = packLayer(tar)
  const parts = exchangeLayer({ manifest, configuration, layer, how, from, at: sealedAt })
  return { ...platform, layer, tar, newManifest: parts.manifest, newConfiguration: parts.configuration }
}
