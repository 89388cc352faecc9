import type { EnvsealError } from "../core/error.ts"
import { type JsonObject, jsonObject, textIn } from "../core/json-object.ts"
import { printable } from "../core/text.ts"
import { ambiguity } from "./ambiguity.ts"
import { type Descriptor, readDescriptor } from "./descriptor.ts"
import { malformedImage } from "./malformed.ts"
import { type ImageFamily, indexFamily, isConfiguration, manifestFamily } from "./media-type.ts"

/** The manifest of one platform's image. Nothing in it is secret. */
export interface PlatformManifest {
  readonly type: "image"
  readonly family: ImageFamily
  readonly mediaType: string
  readonly config: Descriptor
  /** The base image first; at least one. */
  readonly layers: readonly Descriptor[]
  /** All of it, as it is written. */
  readonly json: JsonObject
}

/** An image for several platforms; with one, it is there for what attests to it. */
export interface PlatformIndex {
  readonly type: "index"
  readonly family: ImageFamily
  readonly mediaType: string
  /** In the order of the index, attestations among them. */
  readonly manifests: readonly Descriptor[]
  readonly json: JsonObject
}

export type RegistryManifest = PlatformManifest | PlatformIndex

/**
 * Reads what a registry has under the digest of an image.
 *
 * @param mediaType as the registry tells it: an OCI manifest need not say it itself.
 * @param name what the image is called in messages.
 * @throws EnvsealError `IMAGE_MALFORMED` for what is no manifest, of another kind than it says, or no container image.
 */
export function readManifest(text: string, mediaType: string, name: string): RegistryManifest {
  const json = jsonObject(text)
  if (json === null || json["schemaVersion"] !== 2) throw malformed(name, "its manifest is none of schema 2")
  const doubt = ambiguity(text, json)
  if (doubt !== null) throw malformed(name, `its manifest ${doubt}`)
  const said = textIn(json, "mediaType") ?? mediaType
  if (said !== mediaType) {
    throw malformed(name, `its manifest is called ${printable(mediaType)} and says ${printable(said)}`)
  }
  const family = manifestFamily(mediaType)
  if (family !== null) return readPlatform(json, { mediaType, family }, name)
  const ofIndex = indexFamily(mediaType)
  if (ofIndex !== null) return readIndex(json, { mediaType, family: ofIndex }, name)
  throw malformed(name, `${printable(mediaType)} is no manifest of an image`)
}

interface Kind {
  readonly mediaType: string
  readonly family: ImageFamily
}

function readPlatform(json: JsonObject, kind: Kind, name: string): PlatformManifest {
  const config = readDescriptor(json["config"])
  const layers = readDescriptors(json["layers"])
  if (config === null || layers === null || layers.length === 0) {
    throw malformed(name, "its manifest names no configuration, or no layers")
  }
  if (!isConfiguration(config.mediaType)) {
    throw malformed(name, `it is no container image, but ${printable(config.mediaType)}`)
  }
  return { type: "image", ...kind, config, layers, json }
}

function readIndex(json: JsonObject, kind: Kind, name: string): PlatformIndex {
  const manifests = readDescriptors(json["manifests"])
  if (manifests === null || manifests.length === 0) throw malformed(name, "its index names no image")
  return { type: "index", ...kind, manifests, json }
}

function readDescriptors(json: unknown): Descriptor[] | null {
  if (!Array.isArray(json)) return null
  const read = json.map(readDescriptor).filter((one) => one !== null)
  return read.length === json.length ? read : null
}

function malformed(name: string, what: string): EnvsealError {
  return malformedImage(`the image ${printable(name, 200)} cannot be read: ${what}`)
}
