import { EnvsealError } from "../../core/error.ts"
import { count, printable } from "../../core/text.ts"
import type { Configuration } from "../../image/configuration.ts"
import { type Descriptor, isAttestation, platformOf } from "../../image/descriptor.ts"
import {
  type FetchedManifest,
  fetchConfiguration,
  fetchManifest,
  type ImageSource,
} from "../../image/fetch.ts"
import { malformedImage } from "../../image/malformed.ts"
import type { PlatformIndex, PlatformManifest } from "../../image/manifest.ts"
import type { Log } from "../../ports/log.ts"

/** The image of one platform. */
export interface PlatformImage {
  readonly digest: string
  /** Such as `linux/arm64`; `null` for an image without an index. */
  readonly platform: string | null
  readonly manifest: PlatformManifest
  readonly configuration: Configuration
}

/** An image with what its manifests and configurations say; none of its layers. */
export interface LoadedImage {
  readonly digest: string
  /** `null` for an image of one platform that has none. */
  readonly index: PlatformIndex | null
  /** At least one. */
  readonly platforms: readonly PlatformImage[]
}

/**
 * Loads the image that runs.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE` when it is not there, `IMAGE_MALFORMED`, or as an `ImageReader` does.
 */
export async function loadRunning(source: ImageSource, digest: string): Promise<LoadedImage> {
  const image = await loadImage(source, digest)
  if (image !== null) return image
  throw new EnvsealError("IMAGE_UNUSABLE", `there is no image ${source.repository}@${digest}`, {
    hint: "look whether a lifecycle policy of the repository removed it; when it did, build the image again",
  })
}

/** @returns `null` when there is no such image. @throws EnvsealError as {@link loadRunning} does. */
export async function loadImage(source: ImageSource, reference: string): Promise<LoadedImage | null> {
  const found = await fetchManifest(source, reference)
  if (found === null) return null
  const { digest, manifest } = found
  if (manifest.type === "image")
    return { digest, index: null, platforms: [await platformImage(source, found, null)] }
  const platforms: PlatformImage[] = []
  for (const descriptor of manifest.manifests.filter((one) => !isAttestation(one)))
    platforms.push(await platformImage(source, await fetchPart(source, descriptor), descriptor))
  if (platforms.length > 0) return { digest, index: manifest, platforms }
  throw malformedImage(`${source.repository}@${digest} is an index without an image`)
}

async function fetchPart(source: ImageSource, { digest }: Descriptor): Promise<FetchedManifest> {
  const found = await fetchManifest(source, digest)
  if (found !== null) return found
  throw new EnvsealError(
    "IMAGE_UNUSABLE",
    `an index names ${source.repository}@${digest}, which is not there`,
    {
      hint: "build the image again: what runs there cannot be pulled any more",
    },
  )
}

async function platformImage(
  source: ImageSource,
  { digest, manifest }: FetchedManifest,
  descriptor: Descriptor | null,
): Promise<PlatformImage> {
  if (manifest.type === "index") {
    throw malformedImage(`${source.repository}@${digest} is an index within an index`)
  }
  const platform = descriptor === null ? null : platformOf(descriptor)
  return { digest, platform, manifest, configuration: await fetchConfiguration(source, manifest) }
}

/** Says what vouches for the image that runs, and not for the one that is made of it. */
export async function tellLost(source: ImageSource, { digest, index }: LoadedImage, log: Log): Promise<void> {
  const attestations = index?.manifests.filter(isAttestation).length ?? 0
  if (attestations > 0) {
    log.warn(
      `${count(attestations, "attestation")} of the image that runs ${attestations === 1 ? "is" : "are"} left out: they say nothing of the new one`,
    )
  }
  // Where cosign puts the signature of an image.
  const tag = `${digest.replace(":", "-")}.sig`
  if ((await source.reader.manifest(source.repository, tag, signatureTypes)) !== null)
    log.warn(
      `the image that runs is signed (${printable(tag)}), and the new one is not: sign it where that is asked for`,
    )
}

const signatureTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
]
