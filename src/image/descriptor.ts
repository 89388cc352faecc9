import { createHash } from "node:crypto"
import { isJsonObject, type JsonObject, objectIn, textIn } from "../core/json-object.ts"

/** What a manifest or an index says of a part (OCI image specification, "Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string
  /** Bytes, as it is stored. */
  readonly size: number
  /** All of it, as it is written. */
  readonly json: JsonObject
}

/** Whether a text is a digest of the only kind that registries use. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The digest by which a registry knows these bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

/** @returns `null` for what is no descriptor, or one of another digest than SHA-256. */
export function readDescriptor(json: unknown): Descriptor | null {
  if (!isJsonObject(json)) return null
  const mediaType = textIn(json, "mediaType")
  const digest = textIn(json, "digest")
  const size = json["size"]
  if (mediaType === null || digest === null || !isDigest(digest)) return null
  return typeof size === "number" && Number.isSafeInteger(size) && size >= 0
    ? { mediaType, digest, size, json }
    : null
}

/** The platform of an image in an index, such as `linux/arm64/v8`; `null` when the index does not say it. */
export function platformOf({ json }: Descriptor): string | null {
  const platform = objectIn(json, "platform")
  const parts = [textIn(platform, "os"), textIn(platform, "architecture"), textIn(platform, "variant")]
  const known = parts.filter((part) => part !== null)
  return known.length === 0 ? null : known.join("/")
}

/**
 * Whether it attests to another image of its index, as BuildKit marks provenance and lists of contents: for a platform
 * that is none, so that no container is made of it (BuildKit, "Image attestation storage").
 */
export function isAttestation({ json }: Descriptor): boolean {
  const isMarked =
    textIn(objectIn(json, "annotations"), "vnd.docker.reference.type") === "attestation-manifest"
  return isMarked && textIn(objectIn(json, "platform"), "os") === "unknown"
}
