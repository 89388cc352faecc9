import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Provenance } from "../../envelope/claims.ts"
import { type Context, formatContext } from "../../envelope/context.ts"
import { readEnvelope } from "../../envelope/open.ts"
import type { ImageSource } from "../../image/fetch.ts"
import type { BlobReference } from "../../ports/image-store.ts"
import { assemble } from "../../seal/run/assemble.ts"
import { type SealRequest, sealAssembled } from "../../seal/run/seal-secret.ts"
import { type ExchangedImage, exchangeImage, type FoundPlatform, findPlatforms } from "./exchange-image.ts"
import type { ResealPorts } from "./ports.ts"
import { type LoadedImage, loadImage, loadRunning, tellLost } from "./running-image.ts"
import { type AddedPart, scanAdded } from "./scan-added.ts"
import { storeImage, tagTaken } from "./store-image.ts"
import { isSealedAlike, readReseal } from "./tagged-image.ts"

export interface ResealRequest extends SealRequest {
  /** Without tag and digest. */
  readonly repository: string
  /** The digest of the image that runs. */
  readonly digest: string
  /** What the new image is called in the repository. */
  readonly tag: string
  /** Of the sealed file in the image: from its root, or from its working directory. */
  readonly path: string
}

/** How the sealed file of one platform was exchanged. */
export interface ResealedPlatform {
  /** Such as `linux/arm64`; `null` for an image without an index. */
  readonly platform: string | null
  readonly how: "replace" | "cover"
}

/** The image that has the current secret. Safe to print: no field here can hold a value. */
export interface ResealedImage {
  /** With its digest, as workloads name it. */
  readonly image: string
  readonly digest: string
  readonly tag: string
  readonly resealedFrom: string
  /** Whether it was there before: a run that was repeated. */
  readonly existed: boolean
  /** Of the code, as the image says it; `null` when it does not. */
  readonly commit: string | null
  readonly platforms: readonly ResealedPlatform[]
  readonly context: Context
  readonly provenance: Provenance
}

/** Where a build writes the commit of an image (OCI image specification, "Annotations"). */
const commitLabel = "org.opencontainers.image.revision"

/** What came of a reseal. */
export interface ResealResult {
  readonly resealed: ResealedImage
  /** The ARN of the key that each alias led to, of those that no pin held. */
  readonly unpinned: ReadonlyMap<string, string>
}

/**
 * Puts the secret as it is now into a new image of the very layers that run. What can fail is done before anything is
 * stored; the tag comes last.
 *
 * @throws EnvsealError as `seal` does; `NOT_RESEALABLE`, `IMAGE_UNUSABLE`, `IMAGE_MALFORMED` or `CONTEXT_MISMATCH` for
 * the image, `TARGET_EXISTS` for the tag.
 */
export async function reseal(request: ResealRequest, ports: ResealPorts): Promise<ResealResult> {
  const source = { reader: ports.images, repository: request.repository }
  const running = await loadRunning(source, request.digest)
  const tagged = await loadImage(source, request.tag)
  const assembled = await assemble(request, ports.sealing)
  const found = await findFiles(running, source, request, ports)
  const { bytes, provenance, unpinned } = await sealAssembled(assembled, request, ports.sealing)
  if (tagged !== null) {
    const made = await usedAgain({ running, found, tagged, bytes }, source, request)
    return { resealed: describeReseal(request, running, made), unpinned }
  }
  const exchanged = exchangeImage(running, found, bytes, provenance.sealedAt)
  const { decompress } = ports
  const { log } = ports.sealing
  await scanAdded(addedBy(exchanged), assembled.entries, request.setEnv, { decompress, log })
  await tellLost(source, running, log)
  await storeImage(source, ports.images, exchanged, request.tag)
  const hows = found.map(({ file }) => file.how)
  const made = { digest: exchanged.top.digest, hows, provenance, existed: false }
  return { resealed: describeReseal(request, running, made), unpinned }
}

async function findFiles(
  running: LoadedImage,
  source: ImageSource,
  request: ResealRequest,
  { decompress, sealing: { log } }: ResealPorts,
): Promise<FoundPlatform[]> {
  const onLayer = ({ digest, size }: BlobReference) =>
    log.debug(`reading the layer ${digest} of ${size} bytes`)
  const found = await findPlatforms(running, request.path, { source, decompress, onLayer })
  for (const { file } of found) checkPurpose(file.content, request.context)
  const commit = commitOf(running)
  const { commit: built } = request.build
  if (commit !== null && built !== undefined && commit !== built) {
    log.warn(
      `the build is at the commit ${printable(built)}, and the image's code is of ${printable(commit)}: what is sealed, and for whom, is said by the build's`,
    )
  }
  return found
}

/** @throws EnvsealError for a file that envseal did not seal, or sealed for another app or environment. */
function checkPurpose(content: Uint8Array, context: Context): void {
  const { claims } = readEnvelope(content, "the sealed file of the image that runs")
  const [was, is] = [claims.context, context].map(formatContext)
  if (was === is) return
  throw new EnvsealError(
    "CONTEXT_MISMATCH",
    `the image that runs is sealed for ${printable(was || "nothing")}, and the secret would be for ${printable(is || "nothing")}`,
    { hint: "give an image of this app and environment: pods open no other" },
  )
}

interface MadeReseal {
  readonly digest: string
  readonly hows: readonly ResealedPlatform["how"][]
  readonly provenance: Provenance
  readonly existed: boolean
}

/** A reseal whose tag is there already. */
interface Again {
  readonly running: LoadedImage
  readonly found: readonly FoundPlatform[]
  readonly tagged: LoadedImage
  /** What would be put into another image: by KMS's answer, an alias is known by its key. */
  readonly bytes: Uint8Array
}

/**
 * @throws EnvsealError `TARGET_EXISTS` unless the tag is on a reseal of the same image with the same secret, for the same
 * recipients.
 */
async function usedAgain(
  { running, found, tagged, bytes }: Again,
  source: ImageSource,
  { repository, tag, setEnv }: ResealRequest,
): Promise<MadeReseal> {
  const made = await readReseal(source, running, found, tagged)
  const { claims } = readEnvelope(bytes, "the new envelope")
  // Nothing in an envelope tells which value a variable had.
  if (made === null || setEnv.length > 0 || !isSealedAlike(made.claims, claims))
    throw tagTaken(repository, tag)
  const { digest, hows } = made
  return { digest, hows, provenance: made.claims.provenance, existed: true }
}

function addedBy({ platforms, top }: ExchangedImage): AddedPart[] {
  const parts = platforms.flatMap(({ layer, tar, newConfiguration, newManifest }) => [
    { digest: layer.diffId, bytes: tar },
    newConfiguration,
    newManifest,
  ])
  return [...new Map([...parts, top].map((part) => [part.digest, part])).values()]
}

function describeReseal(request: ResealRequest, running: LoadedImage, made: MadeReseal): ResealedImage {
  const { repository, tag, context } = request
  const { digest, provenance, existed, hows } = made
  return {
    ...{ image: `${repository}@${digest}`, digest, tag, resealedFrom: running.digest, existed },
    commit: commitOf(running),
    platforms: running.platforms.map(({ platform }, at) => ({ platform, how: hows[at] ?? "cover" })),
    ...{ context, provenance },
  }
}

function commitOf({ platforms }: LoadedImage): string | null {
  return platforms[0]?.configuration.labels[commitLabel] ?? null
}
