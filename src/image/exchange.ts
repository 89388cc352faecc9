import type { JsonObject } from "../core/json-object.ts"
import { objectIn } from "../core/json-object.ts"
import { encodeUtf8 } from "../core/text.ts"
import { type Configuration, isEmptyStep } from "./configuration.ts"
import { digestOf, isAttestation } from "./descriptor.ts"
import type { PlatformIndex, PlatformManifest } from "./manifest.ts"
import { gzipLayerType } from "./media-type.ts"

/** The label, and the annotation, that hold the digest of the image from which this one was made. */
export const resealedFrom = "dev.envseal.resealed-from"

/** What the history says of the layer. */
export const resealStep = "envseal reseal"

/** A layer with nothing but the sealed file, packed with gzip. */
export interface SealedLayerParts {
  /** Of the layer as it is stored. */
  readonly digest: string
  readonly size: number
  /** Of its tar. */
  readonly diffId: string
}

/** The image of one platform that is to get another sealed file. */
export interface Exchange {
  readonly manifest: PlatformManifest
  /** Of {@link manifest}: with as many layers as that. */
  readonly configuration: Configuration
  readonly layer: SealedLayerParts
  /** `replace` puts the layer in the place of the last one, `cover` on top of all. */
  readonly how: "replace" | "cover"
  /** The digest of the image that runs: of the index, where there is one. */
  readonly from: string
  /** RFC 3339. */
  readonly at: string
}

/** The bytes of a manifest or a configuration, with what a registry knows them by. */
export interface ImagePart {
  readonly mediaType: string
  readonly bytes: Uint8Array
  readonly digest: string
}

/**
 * The same image with another layer for its sealed file: equal bytes for equal arguments, in every version of envseal,
 * so that a judge can do the exchange over and compare.
 *
 * In the configuration change the last `diff_id`, its step of the history, `created` and the label
 * {@link resealedFrom}; in the manifest the last layer, the configuration's digest and size and, where the family has
 * annotations, that of the same name. All else stays as it is, in its order. With `cover`, a layer, a `diff_id` and a
 * step are added, and none changes.
 */
export function exchangeLayer(exchange: Exchange): {
  readonly manifest: ImagePart
  readonly configuration: ImagePart
} {
  const { manifest, layer, how } = exchange
  const configuration = part(manifest.config.mediaType, exchangedConfiguration(exchange))
  const mediaType = gzipLayerType(manifest.family)
  const stay = manifest.layers.slice(0, how === "replace" ? -1 : undefined).map(({ json }) => json)
  const json: JsonObject = {
    ...manifest.json,
    config: { ...manifest.config.json, digest: configuration.digest, size: configuration.bytes.length },
    layers: [...stay, { mediaType, size: layer.size, digest: layer.digest }],
  }
  return { manifest: part(manifest.mediaType, annotated(json, manifest, exchange.from)), configuration }
}

/**
 * The same index over other images. What attested to the old ones is left out: it says nothing of the new.
 *
 * @param exchanged the new manifest of each image, by the digest of the old one; every image but attestations has one.
 */
export function exchangeManifests(
  index: PlatformIndex,
  exchanged: ReadonlyMap<string, ImagePart>,
  from: string,
): ImagePart {
  const manifests = index.manifests
    .filter((descriptor) => !isAttestation(descriptor))
    .map(({ digest, json }) => {
      const manifest = exchanged.get(digest)
      if (manifest === undefined) throw new Error(`nothing was exchanged for ${digest}`)
      return { ...json, digest: manifest.digest, size: manifest.bytes.length }
    })
  return part(index.mediaType, annotated({ ...index.json, manifests }, index, from))
}

function exchangedConfiguration({ configuration, layer, how, from, at }: Exchange): JsonObject {
  const { json, diffIds } = configuration
  const run = objectIn(json, "config")
  const rootfs = objectIn(json, "rootfs")
  return {
    ...json,
    ...("history" in json && { history: exchangedHistory(configuration, how, at) }),
    created: at,
    config: { ...run, Labels: { ...objectIn(run, "Labels"), [resealedFrom]: from } },
    rootfs: {
      ...rootfs,
      diff_ids: [...diffIds.slice(0, how === "replace" ? -1 : undefined), layer.diffId],
    },
  }
}

function exchangedHistory({ history }: Configuration, how: Exchange["how"], at: string): JsonObject[] {
  const step = { created: at, created_by: resealStep }
  const last = how === "cover" ? -1 : history.findLastIndex((one) => !isEmptyStep(one))
  return last < 0 ? [...history, step] : history.with(last, step)
}

/** Docker's manifests have no annotations. */
function annotated(json: JsonObject, { family }: { readonly family: string }, from: string): JsonObject {
  if (family !== "oci") return json
  return { ...json, annotations: { ...objectIn(json, "annotations"), [resealedFrom]: from } }
}

function part(mediaType: string, json: JsonObject): ImagePart {
  const bytes = encodeUtf8(JSON.stringify(json))
  return { mediaType, bytes, digest: digestOf(bytes) }
}
