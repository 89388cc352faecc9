import type { Claims, SourceRecord } from "../../envelope/claims.ts"
import { formatContext } from "../../envelope/context.ts"
import { readEnvelope } from "../../envelope/open.ts"
import { digestOf } from "../../image/descriptor.ts"
import { exchangeManifests, type ImagePart } from "../../image/exchange.ts"
import { isUnlike, type LayerExchange, layerExchange, maxSealedLayer } from "../../image/exchange-pair.ts"
import { fetchBlob, type ImageSource } from "../../image/fetch.ts"
import { judgeResealed, readExchangedLayer } from "../../image/resealed-image.ts"
import type { FoundPlatform } from "./exchange-image.ts"
import type { LoadedImage, PlatformImage } from "./running-image.ts"

/** An image that a reseal put under the tag before. */
export interface TaggedReseal {
  readonly digest: string
  readonly claims: Claims
  /** Of each platform, in the order of the image that runs. */
  readonly hows: readonly LayerExchange["how"][]
}

/**
 * Reads an image as a reseal of the one that runs.
 *
 * @param found the platforms of the one that runs.
 * @returns `null` when it is none, by the rule that a deploy goes by, or when its platforms have different sealed files.
 * @throws EnvsealError as an `ImageReader` does, or when its sealed file is no envelope.
 */
export async function readReseal(
  source: ImageSource,
  { digest: from, index }: LoadedImage,
  found: readonly FoundPlatform[],
  tagged: LoadedImage,
): Promise<TaggedReseal | null> {
  if (tagged.platforms.length !== found.length) return null
  const manifests = new Map<string, ImagePart>()
  const hows: LayerExchange["how"][] = []
  const contents = new Map<string, Uint8Array>()
  for (const [at, before] of found.entries()) {
    const after = tagged.platforms[at]
    const read = after === undefined ? null : await readExchange(source, before, after, from)
    if (read === null) return null
    manifests.set(before.digest, read.manifest)
    hows.push(read.how)
    contents.set(digestOf(read.content), read.content)
  }
  const top = index === null ? [...manifests.values()][0] : exchangeManifests(index, manifests, from)
  const [content, ...others] = contents.values()
  if (content === undefined || others.length > 0 || top?.digest !== tagged.digest) return null
  const { claims } = readEnvelope(content, "the sealed file under the tag")
  return { digest: tagged.digest, claims, hows }
}

async function readExchange(
  source: ImageSource,
  { manifest, configuration, file }: FoundPlatform,
  after: PlatformImage,
  from: string,
): Promise<{ manifest: ImagePart; how: LayerExchange["how"]; content: Uint8Array } | null> {
  const exchange = layerExchange(manifest, after.manifest)
  if (isUnlike(exchange)) return null
  const layer = readExchangedLayer(await fetchBlob(source, exchange.layer, maxSealedLayer))
  if (isUnlike(layer)) return null
  const before = { manifest, configuration, place: file }
  const judged = judgeResealed({ before, after: { ...after, layer }, exchange, from })
  if (isUnlike(judged)) return null
  return { manifest: judged.manifest, how: exchange.how, content: layer.sealed.content }
}

/** Whether two envelopes hold the same versions of the same secrets, for the same place and the same recipients. */
export function isSealedAlike(one: Claims, other: Claims): boolean {
  return (
    formatContext(one.context) === formatContext(other.context) &&
    [...one.recipients].sort().join(" ") === [...other.recipients].sort().join(" ") &&
    holdsVersions(one.provenance.sources, other.provenance.sources)
  )
}

/** Only Secrets Manager numbers its texts. */
function holdsVersions(sealed: readonly SourceRecord[], current: readonly SourceRecord[]): boolean {
  return (
    sealed.length === current.length &&
    current.every((source, at) => {
      const other = sealed[at]
      if (source.type !== "aws-sm" || other?.type !== "aws-sm") return false
      return source.arn === other.arn && source.versionId === other.versionId
    })
  )
}
