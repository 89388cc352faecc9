import { nameList, printable } from "../core/text.ts"
import { readTimestamp } from "../core/timestamp.ts"
import type { Configuration } from "./configuration.ts"
import { digestOf } from "./descriptor.ts"
import { exchangeLayer, exchangeManifests, type ImagePart, resealedFrom } from "./exchange.ts"
import { type LayerExchange, maxSealedLayer, type Unlike } from "./exchange-pair.ts"
import type { PlatformIndex, PlatformManifest } from "./manifest.ts"
import { unpackPlainGzip } from "./plain-gzip.ts"
import { readSealedLayer, type SealedLayer } from "./sealed-layer.ts"
import { unlikeMembers } from "./unlike-members.ts"

/** Where a sealed file is in its image, and what its layer says of it. */
export interface SealedPlace extends Omit<SealedLayer, "content" | "mtime"> {
  /** Whether it has the last layer for itself, so that another one can take its place. */
  readonly how: "replace" | "cover"
}

/** A layer that may have been exchanged. */
export interface ExchangedLayer {
  /** Of the layer as it is stored. */
  readonly digest: string
  readonly size: number
  /** Of its tar. */
  readonly diffId: string
  readonly sealed: SealedLayer
}

/** One platform of the image that runs, and of one that should be the same with another sealed file. */
export interface ResealedPair {
  readonly before: {
    readonly manifest: PlatformManifest
    readonly configuration: Configuration
    readonly place: SealedPlace
  }
  /** Each part was held against the digest that names it. */
  readonly after: {
    /** Of the manifest. */
    readonly digest: string
    readonly manifest: PlatformManifest
    readonly configuration: Configuration
    readonly layer: ExchangedLayer
  }
  readonly exchange: LayerExchange
  /** The digest of the image that runs: of the index, where there is one. */
  readonly from: string
}

/** An image that carries no other code. */
export interface Resealed {
  readonly manifest: ImagePart
}

/** Reads a layer that holds one sealed file, and nothing that any reader of layers could take for more. */
export function readExchangedLayer(bytes: Uint8Array): ExchangedLayer | Unlike {
  const tar = unpackPlainGzip(bytes, maxSealedLayer)
  if (tar === null) return { unlike: "its last layer is not one gzip of a small tar" }
  const sealed = readSealedLayer(tar)
  if (sealed === null) return { unlike: "its last layer holds something else than one sealed file" }
  return { digest: digestOf(bytes), size: bytes.length, diffId: digestOf(tar), sealed }
}

/**
 * Whether an image is the one that runs with nothing but another sealed file, so that it can carry no code. The exchange is
 * done once more, and its digests are compared: no reader of images can see something else in the same bytes.
 */
export function judgeResealed({ before, after, exchange, from }: ResealedPair): Resealed | Unlike {
  const { layer } = after
  const moved = unlikePlace(before.place, layer.sealed, exchange.how)
  if (moved !== null) return { unlike: moved }
  const { manifest, configuration } = exchangeLayer({
    manifest: before.manifest,
    configuration: before.configuration,
    layer,
    how: exchange.how,
    from,
    at: createdAt(after.configuration),
  })
  const unlike =
    unlikePart("configuration", configuration, {
      ...after.manifest.config,
      json: after.configuration.json,
    }) ?? unlikePart("manifest", manifest, { ...after.manifest, digest: after.digest })
  return unlike === null ? { manifest } : { unlike }
}

/**
 * Whether an index is that of the image that runs, over the images that were judged.
 *
 * @param exchanged the manifests that were judged, by the digests of those that run.
 * @returns `null` when it is.
 */
export function judgeResealedIndex(
  before: PlatformIndex,
  after: { readonly digest: string; readonly manifest: PlatformIndex },
  exchanged: ReadonlyMap<string, ImagePart>,
  from: string,
): Unlike | null {
  const index = exchangeManifests(before, exchanged, from)
  const unlike = unlikePart("index", index, { ...after.manifest, digest: after.digest })
  return unlike === null ? null : { unlike }
}

/** Of an image that says nothing of a reseal. */
export const notResealed: Unlike = { unlike: "it was built, and not resealed", says: "built" }

/** Whether an image says of itself that it was resealed from another one than what runs. @returns `null` when it does not. */
export function unlikeOrigin({ labels }: Configuration, from: string): Unlike | null {
  const said = Object.hasOwn(labels, resealedFrom) ? labels[resealedFrom] : undefined
  if (said === from) return null
  if (said === undefined) return notResealed
  return { unlike: `it was resealed from ${printable(said)}`, says: "resealed elsewhere" }
}

/** As a reseal writes it; another spelling makes another digest. */
function createdAt({ json }: Configuration): string {
  return readTimestamp(`${json["created"]}`) ?? ""
}

function unlikePlace(old: SealedPlace, sealed: SealedLayer, how: LayerExchange["how"]): string | null {
  if (how === "replace" && old.how !== "replace")
    return "its last layer is in the place of one that held more"
  if (sealed.path !== old.path)
    return `its sealed file is /${printable(sealed.path)}, and was /${printable(old.path)}`
  if (accessText(sealed) !== accessText(old))
    return `its sealed file has ${accessText(sealed)}, and had ${accessText(old)}`
  // A folder that is named again would have its owner and its mode set again.
  const folders = how === "replace" ? old.folders : []
  return foldersText(sealed.folders) === foldersText(folders) ? null : "its last layer changes folders"
}

function accessText({ uid, gid, mode }: Pick<SealedPlace, "uid" | "gid" | "mode">): string {
  return `the owner ${uid}:${gid} and the mode ${mode.toString(8).padStart(4, "0")}`
}

function foldersText(folders: SealedPlace["folders"]): string {
  return JSON.stringify(folders.map(({ path, uid, gid, mode }) => [path, uid, gid, mode]))
}

function unlikePart(
  what: string,
  expected: ImagePart,
  found: Pick<PlatformManifest, "mediaType" | "json"> & { readonly digest: string },
): string | null {
  if (found.mediaType !== expected.mediaType) return `its ${what} is ${printable(found.mediaType)}`
  if (found.digest === expected.digest) return null
  const names = unlikeMembers(JSON.parse(Buffer.from(expected.bytes).toString()), found.json)
  return `its ${what} differs in ${names.length === 0 ? "how it is written" : nameList(names, 5)}`
}
