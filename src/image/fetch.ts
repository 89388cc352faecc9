import { createHash } from "node:crypto"
import { EnvsealError } from "../core/error.ts"
import { decodeUtf8, encodeUtf8 } from "../core/text.ts"
import type { BlobReference, ImageReader } from "../ports/image-store.ts"
import { type Configuration, readConfiguration } from "./configuration.ts"
import { digestOf } from "./descriptor.ts"
import { type PlatformManifest, type RegistryManifest, readManifest } from "./manifest.ts"
import { manifestMediaTypes } from "./media-type.ts"

/** Configurations of real images have some 10 KB; ECR takes manifests of 4 MB. */
const maxConfigurationBytes = 4_194_304

/** A manifest with the digest by which it is known. */
export interface FetchedManifest {
  readonly digest: string
  readonly manifest: RegistryManifest
}

/** One registry's repository to read from. */
export interface ImageSource {
  readonly reader: ImageReader
  /** Without tag and digest. */
  readonly repository: string
}

/**
 * The manifest of an image, held against its digest.
 *
 * @param reference a tag, or a digest.
 * @returns `null` when there is no such image.
 * @throws EnvsealError `IMAGE_MALFORMED` when the registry has something else there, or as an `ImageReader` does.
 */
export async function fetchManifest(
  { reader, repository }: ImageSource,
  reference: string,
): Promise<FetchedManifest | null> {
  const stored = await reader.manifest(repository, reference, manifestMediaTypes)
  if (stored === null) return null
  const { digest, mediaType, text } = stored
  const asked = reference.startsWith("sha256:") ? reference : digest
  if (digestOf(encodeUtf8(text)) !== asked) throw altered("manifest", asked)
  return { digest: asked, manifest: readManifest(text, mediaType, `${repository}@${asked}`) }
}

/**
 * The configuration of one platform's image, held against its digest and its number of layers.
 *
 * @throws EnvsealError `IMAGE_MALFORMED`, or as an `ImageReader` does.
 */
export async function fetchConfiguration(
  source: ImageSource,
  { config, layers }: PlatformManifest,
): Promise<Configuration> {
  const name = `${source.repository}, with the configuration ${config.digest}`
  const text = decodeUtf8(await fetchBlob(source, config, maxConfigurationBytes))
  const configuration = readConfiguration(text ?? "", name)
  if (configuration.diffIds.length === layers.length) return configuration
  throw new EnvsealError(
    "IMAGE_MALFORMED",
    `the image ${name}, has ${layers.length} layers, and its configuration names ${configuration.diffIds.length}`,
    { hint: "build the image again: no container can be made of it" },
  )
}

/**
 * A part of an image as a whole, held against its digest.
 *
 * @param maxBytes what is larger is not asked for.
 * @throws EnvsealError `IMAGE_MALFORMED` when it is larger or altered, or as an `ImageReader` does.
 */
export async function fetchBlob(
  source: ImageSource,
  blob: BlobReference,
  maxBytes: number,
): Promise<Uint8Array> {
  if (blob.size > maxBytes) {
    throw new EnvsealError(
      "IMAGE_MALFORMED",
      `a part of the image has ${blob.size} bytes, where ${maxBytes} are the most: ${blob.digest}`,
      { hint: "build the image again: none needs so much there" },
    )
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of streamBlob(source, blob)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/**
 * A part of an image in pieces. Nothing is known of them before the last one was taken: then they are held against its
 * digest.
 *
 * @throws EnvsealError `IMAGE_MALFORMED` at the end when the part is altered, or as an `ImageReader` does.
 */
export async function* streamBlob(
  { reader, repository }: ImageSource,
  blob: BlobReference,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256")
  let size = 0
  for await (const chunk of reader.blob(repository, blob)) {
    hash.update(chunk)
    size += chunk.length
    if (size > blob.size) throw altered("part", blob.digest)
    yield chunk
  }
  if (`sha256:${hash.digest("hex")}` !== blob.digest) throw altered("part", blob.digest)
}

function altered(what: string, digest: string): EnvsealError {
  return new EnvsealError(
    "IMAGE_MALFORMED",
    `a ${what} of the image is not what its digest says: ${digest}`,
    {
      hint: "look at what stands between here and the registry; when nothing does, build the image again",
    },
  )
}
