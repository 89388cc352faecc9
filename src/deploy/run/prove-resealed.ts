import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { type Context, checkExpectation } from "../../envelope/context.ts"
import { isAttestation } from "../../image/descriptor.ts"
import type { ImagePart } from "../../image/exchange.ts"
import {
  isUnlike,
  layerExchange,
  maxSealedLayer,
  platformPairs,
  type Unlike,
} from "../../image/exchange-pair.ts"
import {
  type FetchedManifest,
  fetchBlob,
  fetchConfiguration,
  fetchManifest,
  type ImageSource,
} from "../../image/fetch.ts"
import type { PlatformIndex } from "../../image/manifest.ts"
import {
  judgeResealed,
  judgeResealedIndex,
  notResealed,
  type Resealed,
  readExchangedLayer,
  unlikeOrigin,
} from "../../image/resealed-image.ts"
import type { LayerReader } from "../../image/sealed-file.ts"
import { contextIn, sealedPlaceIn } from "./sealed-place.ts"

/** Two images of one repository, by their digests. */
export interface ResealedImages {
  /** What runs. */
  readonly from: string
  /** What should be the same with another sealed file. */
  readonly to: string
  /** What the sealed file must be for. */
  readonly context: Context
  readonly environment: string
}

/**
 * Proves that an image is one that runs with nothing but another sealed file (docs/deploy.md, "New configuration, the
 * same code"). All that is read is held against its digest.
 *
 * @throws EnvsealError `CODE_CHANGED` for an image that may carry other code, `CONTEXT_MISMATCH` when its sealed file is
 * for elsewhere, `IMAGE_UNUSABLE` or `IMAGE_MALFORMED` for one that cannot be read, and what the registry throws.
 */
export async function proveResealed(images: ResealedImages, reader: LayerReader): Promise<void> {
  if (images.from === images.to) return
  const { source } = reader
  const [before, after] = [await fetchImage(images.from, source), await fetchImage(images.to, source)]
  const trial = { images, source, reader }
  const unlike = await unlikeImage(trial, before, after)
  if (unlike !== null) throw codeChanged(unlike, images, source)
}

interface Trial {
  readonly images: ResealedImages
  readonly source: ImageSource
  readonly reader: LayerReader
}

async function unlikeImage(
  trial: Trial,
  before: FetchedManifest,
  after: FetchedManifest,
): Promise<Unlike | null> {
  const other = await unlikeStart(trial, after)
  if (other !== null) return other
  return before.manifest.type === "index" && after.manifest.type === "index"
    ? unlikeIndex(trial, before.manifest, { ...after, manifest: after.manifest })
    : unlikePlatform(trial, before, after)
}

/** What an image says of what it was made of, which is told first: such an image differs in everything. */
async function unlikeStart(trial: Trial, after: FetchedManifest): Promise<Unlike | null> {
  if (after.manifest.type === "image")
    return unlikeOrigin(await fetchConfiguration(trial.source, after.manifest), trial.images.from)
  const first = after.manifest.manifests.find((one) => !isAttestation(one))
  const inner = first === undefined ? null : await fetchImage(first.digest, trial.source)
  // An index that names no image, or another index, was not made by a reseal.
  return inner?.manifest.type === "image" ? unlikeStart(trial, inner) : notResealed
}

async function unlikeIndex(
  trial: Trial,
  before: PlatformIndex,
  after: { readonly digest: string; readonly manifest: PlatformIndex },
): Promise<Unlike | null> {
  const pairs = platformPairs(before, after.manifest)
  if (isUnlike(pairs)) return pairs
  const exchanged = new Map<string, ImagePart>()
  for (const pair of pairs) {
    const old = await fetchImage(pair.before.digest, trial.source)
    const now = await fetchImage(pair.after.digest, trial.source)
    const judged = await judgePlatform(trial, old, now)
    if (isUnlike(judged)) return judged
    exchanged.set(pair.before.digest, judged.manifest)
  }
  return judgeResealedIndex(before, after, exchanged, trial.images.from)
}

async function unlikePlatform(
  trial: Trial,
  before: FetchedManifest,
  after: FetchedManifest,
): Promise<Unlike | null> {
  const judged = await judgePlatform(trial, before, after)
  return isUnlike(judged) ? judged : null
}

async function judgePlatform(
  trial: Trial,
  before: FetchedManifest,
  after: FetchedManifest,
): Promise<Resealed | Unlike> {
  const { manifest } = after
  if (before.manifest.type === "index") return { unlike: "it is for one platform, and what runs for several" }
  if (manifest.type === "index") return { unlike: "it is for several platforms, and what runs for one" }
  const { images, source } = trial
  const { from, context } = images
  const exchange = layerExchange(before.manifest, manifest)
  if (isUnlike(exchange)) return exchange
  const layer = readExchangedLayer(await fetchBlob(source, exchange.layer, maxSealedLayer))
  if (isUnlike(layer)) return layer
  const old = { manifest: before.manifest, configuration: await fetchConfiguration(source, before.manifest) }
  const place = await sealedPlaceIn(old, layer.sealed.path, trial.reader)
  if (place === null) return { unlike: `what runs has no sealed file at /${printable(layer.sealed.path)}` }
  const claimed = contextIn(layer.sealed.content)
  if (claimed === null) return { unlike: "its sealed file is no envelope" }
  checkExpectation(claimed, context, "the sealed file of the image")
  const configuration = await fetchConfiguration(source, manifest)
  const made = { digest: after.digest, manifest, configuration, layer }
  return judgeResealed({ before: { ...old, place }, after: made, exchange, from })
}

/** @throws EnvsealError `IMAGE_UNUSABLE` when it is gone. */
async function fetchImage(digest: string, source: ImageSource): Promise<FetchedManifest> {
  const found = await fetchManifest(source, digest)
  if (found !== null) return found
  throw new EnvsealError("IMAGE_UNUSABLE", `there is no image ${source.repository}@${digest}`, {
    hint: "the repository's lifecycle policy may have taken it away; build a new one: envseal deploy ENVIRONMENT",
  })
}

function codeChanged(
  { unlike, says }: Unlike,
  { from, to, environment }: ResealedImages,
  { repository }: ImageSource,
): EnvsealError {
  const message = `${repository}@${to} is not what runs with another sealed file (${from}): ${unlike}`
  return new EnvsealError("CODE_CHANGED", message, { hint: hintFor(says, environment) })
}

function hintFor(says: Unlike["says"], environment: string): string {
  switch (says) {
    case "built":
      return `have the buildspec reseal when ENVSEAL_RESEAL_FROM is set (envseal doctor ${environment}), or deploy new code: envseal deploy ${environment}`
    case "resealed elsewhere":
      return `reseal what runs now: envseal deploy ${environment} --reseal`
    default:
      return "find out what the build did before anybody deploys its image: a reseal changes the sealed file alone"
  }
}
