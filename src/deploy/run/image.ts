import type { ImageSettings } from "../../config/settings.ts"
import type { Build, RegistryImage } from "../../core/build.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { readTimestamp } from "../../core/timestamp.ts"
import type { Timer } from "../../ports/clock.ts"
import type { Log } from "../../ports/log.ts"
import type { Registry } from "../../ports/registry.ts"
import type { ReleaseImage, Start } from "../core/plan.ts"

/** How far the clocks of the registry and the builder may differ. */
const clockSkewMs = 60_000

/** How long an image that was pushed is waited for, where a registry copies it to another Region. */
export const replicationMs = 120_000
const lookAgainMs = 5_000

const wholeDigest = /^sha256:[0-9a-f]{64}$/

/** What images are looked for with. */
export interface ImagePorts {
  readonly registry: Registry
  readonly timer: Timer
  readonly log: Log
}

/**
 * The image that a build made: by the digest that it exported, or else by its tag. It must be in the registry, be
 * usable, and not be older than the build. One that is not there yet is asked for again for {@link replicationMs}.
 *
 * @param signal ends waiting.
 * @throws EnvsealError `IMAGE_UNUSABLE`, and what the registry throws.
 */
export async function imageOfBuild(
  build: Build,
  environment: string,
  settings: ImageSettings,
  ports: ImagePorts,
  signal: AbortSignal,
): Promise<ReleaseImage> {
  const reference = referenceOf(build, environment, settings)
  const found = await awaitImage(settings.repository, reference, ports, signal)
  if (found.pushedAtMs < build.startedAtMs - clockSkewMs && !reference.startsWith("sha256:")) {
    throw unusable(
      `${settings.repository}:${reference} was pushed before build ${build.id} began`,
      "the build did not push it: have it push its own tag, and export the digest as ENVSEAL_IMAGE",
    )
  }
  return {
    image: `${settings.repository}@${found.digest}`,
    build: build.id,
    commit: build.commit ?? build.exported["ENVSEAL_COMMIT"] ?? null,
    secretVersion: build.exported["ENVSEAL_SECRET_VERSION"] ?? null,
    sealedAt: readTimestamp(build.exported["ENVSEAL_SEALED_AT"] ?? ""),
  }
}

function referenceOf(
  build: Build,
  environment: string,
  { repository, variable, tag }: ImageSettings,
): string {
  const exported = build.exported[variable]
  if (exported !== undefined && exported !== "")
    return referenceIn(exported, repository, `${variable} of the build`)
  if (tag === null) {
    throw unusable(
      `build ${build.id} exported no ${variable}`,
      `list it under exported-variables in the buildspec, or set image.tag in envseal.yaml`,
    )
  }
  const uuid = build.id.split(":").at(-1) ?? build.id
  const values: Readonly<Record<string, string | null>> = {
    build: uuid,
    commit: build.commit,
    number: build.number === null ? null : String(build.number),
    environment,
  }
  return tag.replace(/\{(\w+)(?::(\d+))?\}/g, (whole, name: string, length?: string) => {
    const value = values[name]
    if (value === null)
      throw unusable(`build ${build.id} has no ${name}, which image.tag names`, "change image.tag")
    return value?.slice(0, length === undefined ? value.length : Number(length)) ?? whole
  })
}

/**
 * An image that exists, as a person names it: the whole name with tag or digest, or the tag or digest alone. One that is
 * named by its digest is waited for like that of a build. In a registry that cannot be asked, a digest is believed: the
 * nodes get just that image, or none.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE`, `USAGE`, and what the registry throws.
 */
export async function existingImage(
  text: string,
  { repository }: ImageSettings,
  ports: ImagePorts,
  signal: AbortSignal,
): Promise<ReleaseImage> {
  const reference = namedReference(text, repository)
  const digest = ports.registry.knows(repository)
    ? (await findNamed(repository, reference, ports, signal)).digest
    : believedDigest(repository, reference)
  return { image: `${repository}@${digest}`, build: null, commit: null, secretVersion: null, sealedAt: null }
}

function findNamed(repository: string, reference: string, ports: ImagePorts, signal: AbortSignal) {
  return wholeDigest.test(reference)
    ? awaitImage(repository, reference, ports, signal)
    : findImage(repository, reference, ports.registry)
}

function namedReference(text: string, repository: string): string {
  return /[/]/.test(text) ? referenceIn(text, repository, "--image") : text.replace(/^[@:]/, "")
}

/** @throws EnvsealError `IMAGE_UNUSABLE` for a tag of a registry that cannot say what it stands for. */
function believedDigest(repository: string, reference: string): string {
  if (wholeDigest.test(reference)) return reference
  throw unusable(
    `${repository} is not in Amazon ECR, where alone a tag can be looked up`,
    "name the image by its digest: --image sha256:…",
  )
}

/**
 * Before anything is begun: whether what the run is to deploy can be looked for at all.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE`, and as {@link existingImage} for a name that is none.
 */
export function checkRegistry(start: Start, { repository }: ImageSettings, registry: Registry): void {
  if (registry.knows(repository) || start.type === "back") return
  if (start.type === "image") {
    believedDigest(repository, namedReference(start.image, repository))
    return
  }
  throw unusable(
    `${repository} is not in Amazon ECR, where alone the image of a build can be looked for`,
    "deploy it by its digest once it is pushed: envseal deploy --image sha256:…",
  )
}

/**
 * Whether a workload can go back to an image: it is of the repository, and still there.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE`, and what the registry throws.
 */
export async function checkOldImage(
  what: string,
  image: string,
  { repository }: ImageSettings,
  registry: Registry,
): Promise<void> {
  const reference = referenceIn(image, repository, what)
  if (registry.knows(repository)) await findImage(repository, reference, registry)
}

/** The tag or digest of an image of just this repository. */
function referenceIn(image: string, repository: string, what: string): string {
  if (!image.startsWith(`${repository}@`) && !image.startsWith(`${repository}:`)) {
    throw unusable(
      `${what} is ${printable(image, 300)}, which is not of ${repository}`,
      "make it and image.repository in envseal.yaml the same repository",
    )
  }
  const rest = image.slice(repository.length + 1)
  return rest.split("@").at(-1) ?? rest
}

/** Asks again for an image that is not there yet, within the bound. */
async function awaitImage(
  repository: string,
  reference: string,
  { registry, timer, log }: ImagePorts,
  signal: AbortSignal,
): Promise<RegistryImage> {
  const until = timer.nowMs() + replicationMs
  let found = await registry.find(repository, reference)
  if (found === null)
    log.warn(`${nameOf(repository, reference)} is not there yet; asking again for ${replicationMs / 1000} s`)
  while (found === null && timer.nowMs() < until && !signal.aborted) {
    await timer.sleep(lookAgainMs, signal)
    found = await registry.find(repository, reference)
  }
  return usable(found, repository, reference)
}

async function findImage(repository: string, reference: string, registry: Registry): Promise<RegistryImage> {
  return usable(await registry.find(repository, reference), repository, reference)
}

function usable(found: RegistryImage | null, repository: string, reference: string): RegistryImage {
  const text = nameOf(repository, reference)
  if (found === null) {
    throw unusable(
      `there is no image ${text}`,
      "a build that did not push it, or the repository's lifecycle policy, is the reason; to see what is there: " +
        `aws ecr describe-images --repository-name ${repository.slice(repository.indexOf("/") + 1)}`,
    )
  }
  if (found.status !== "ACTIVE") {
    throw unusable(`the image ${text} is ${found.status.toLowerCase()}`, "restore it, or deploy another one")
  }
  return found
}

function nameOf(repository: string, reference: string): string {
  return `${repository}${reference.startsWith("sha256:") ? "@" : ":"}${printable(reference)}`
}

function unusable(message: string, hint: string): EnvsealError {
  return new EnvsealError("IMAGE_UNUSABLE", message, { hint })
}
