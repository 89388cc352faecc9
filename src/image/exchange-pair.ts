import { count } from "../core/text.ts"
import { type Descriptor, isAttestation } from "./descriptor.ts"
import type { PlatformIndex, PlatformManifest } from "./manifest.ts"

/** Why an image is not the one that runs with another sealed file: what is unlike, without any value. */
export interface Unlike {
  readonly unlike: string
  /** What the image says of itself: that it was built, or resealed from another image than what runs. */
  readonly says?: "built" | "resealed elsewhere"
}

/** The manifests of one platform that two indexes name. */
export interface PlatformPair {
  readonly before: Descriptor
  readonly after: Descriptor
}

/** Where the layer of the sealed file is in two images of a platform. */
export interface LayerExchange {
  readonly how: "replace" | "cover"
  /** The layer that gave way; `null` where the new one covers it. */
  readonly old: Descriptor | null
  readonly layer: Descriptor
}

/** The largest layer that can be one sealed file, in bytes: more than `seal` ever writes. */
export const maxSealedLayer = 20 * 2 ** 20

export function isUnlike(answer: object): answer is Unlike {
  return "unlike" in answer
}

/** The images of two indexes, in their order. What attests to the old images says nothing of the new ones. */
export function platformPairs(before: PlatformIndex, after: PlatformIndex): readonly PlatformPair[] | Unlike {
  const images = before.manifests.filter((one) => !isAttestation(one))
  const has = count(after.manifests.length, "image")
  if (after.manifests.length !== images.length)
    return { unlike: `its index names ${has} for ${images.length}` }
  return after.manifests.flatMap((one, at) => {
    const old = images[at]
    return old === undefined ? [] : [{ before: old, after: one }]
  })
}

/** Which layer was exchanged, by what two manifests say. */
export function layerExchange(before: PlatformManifest, after: PlatformManifest): LayerExchange | Unlike {
  const more = after.layers.length - before.layers.length
  const layer = after.layers.at(-1)
  if (layer === undefined || (more !== 0 && more !== 1))
    return { unlike: `it has ${count(after.layers.length, "layer")} for ${before.layers.length}` }
  const kept = after.layers.slice(0, -1)
  const other = kept.findIndex(({ digest }, at) => digest !== before.layers[at]?.digest)
  if (other >= 0) return { unlike: `layer ${other + 1} of ${after.layers.length} is another one` }
  const old = more === 0 ? (before.layers.at(-1) ?? null) : null
  if ([layer, old].some((one) => one !== null && one.size > maxSealedLayer))
    return { unlike: "its last layer is too large to be one sealed file" }
  return { how: more === 0 ? "replace" : "cover", old, layer }
}
