import { readTimestamp } from "../../core/timestamp.ts"
import type { Claims, SourceRecord } from "../../envelope/claims.ts"
import { readEnvelope } from "../../envelope/open.ts"
import { digestOf } from "../../image/descriptor.ts"
import { exchangeLayer, exchangeManifests, type ImagePart, resealedFrom } from "../../image/exchange.ts"
import { fetchBlob, type ImageSource } from "../../image/fetch.ts"
import { readSealedLayer, unpackLayer } from "../../image/sealed-layer.ts"
import type { LoadedImage, PlatformImage } from "./running-image.ts"

/** An image that a reseal put under the tag before. */
export interface TaggedReseal {
  readonly digest: string
  readonly claims: Claims
  /** Of each platform, in the order of the image that runs. */
  readonly hows: readonly ("replace" | "cover")[]
}

/** More than a sealed file ever has, packed or not. */
const maxLayerBytes = 20_971_520

/**
 * Reads an image as a reseal of the one that runs.
 *
 * @returns `null` when it is none: the exchange is done over with its sealed layer, and its digests are compared.
 * @throws EnvsealError as an `ImageReader` does, or when its sealed file is no envelope.
 */
export async function readReseal(
  source: ImageSource,
  running: LoadedImage,
  tagged: LoadedImage,
): Promise<TaggedReseal | null> {
  if (tagged.platforms.length !== running.platforms.length) return null
  const manifests = new Map<string, ImagePart>()
  const hows: TaggedReseal["hows"][number][] = []
  let content: Uint8Array | null = null
  for (const [at, before] of running.platforms.entries()) {
    const after = tagged.platforms[at]
    const read = after === undefined ? null : await readExchange(source, before, after, running.digest)
    if (read === null) return null
    manifests.set(before.digest, read.manifest)
    hows.push(read.how)
    content ??= read.content
  }
  const { index, digest: from } = running
  const top = index === null ? [...manifests.values()][0] : exchangeManifests(index, manifests, from)
  if (content === null || top?.digest !== tagged.digest) return null
  const { claims } = readEnvelope(content, "the sealed file under the tag")
  return { digest: tagged.digest, claims, hows }
}

async function readExchange(
  source: ImageSource,
  before: PlatformImage,
  after: PlatformImage,
  from: string,
): Promise<{ manifest: ImagePart; how: "replace" | "cover"; content: Uint8Array } | null> {
  const { manifest, configuration } = before
  const stored = after.manifest.layers.at(-1)
  const at = readTimestamp(String(after.configuration.json["created"]))
  if (after.configuration.labels[resealedFrom] !== from || stored === undefined || at === null) return null
  if (stored.size > maxLayerBytes) return null
  const tar = unpackLayer(await fetchBlob(source, stored, maxLayerBytes), maxLayerBytes)
  const sealed = tar === null ? null : readSealedLayer(tar)
  if (tar === null || sealed === null) return null
  const how = after.manifest.layers.length > manifest.layers.length ? "cover" : "replace"
  const layer = { digest: stored.digest, size: stored.size, diffId: digestOf(tar) }
  const exchanged = exchangeLayer({ manifest, configuration, layer, how, from, at })
  if (exchanged.manifest.digest !== after.digest) return null
  return { manifest: exchanged.manifest, how, content: sealed.content }
}

/** Whether the same versions of the same secrets are in an envelope. Only Secrets Manager numbers its texts. */
export function holdsVersions(sealed: readonly SourceRecord[], current: readonly SourceRecord[]): boolean {
  return (
    sealed.length === current.length &&
    current.every((source, at) => {
      const other = sealed[at]
      if (source.type !== "aws-sm" || other?.type !== "aws-sm") return false
      return source.arn === other.arn && source.versionId === other.versionId
    })
  )
}
