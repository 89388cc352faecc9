import type { ImageSettings } from "../../config/settings.ts"
import type { Build, RegistryImage } from "../../core/build.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { readTimestamp } from "../../core/timestamp.ts"
import type { Registry } from "../../ports/registry.ts"
import type { ReleaseImage } from "../core/plan.ts"

/** How far the clocks of the registry and the builder may differ. */
const clockSkewMs = 60_000

/**
 * The image that a build made: by the digest that it exported, or else by its tag. It must be in the registry, be
 * usable, and not be older than the build.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE`, and what the registry throws.
 */
export async function imageOfBuild(
  build: Build,
  environment: string,
  settings: ImageSettings,
  registry: Registry,
): Promise<ReleaseImage> {
  const reference = referenceOf(build, environment, settings)
  const found = await findImage(settings.repository, reference, registry)
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
  return tag.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

/**
 * An image that exists, as a person names it: the whole name with tag or digest, or the tag or digest alone.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE`, `USAGE`, and what the registry throws.
 */
export async function existingImage(
  text: string,
  { repository }: ImageSettings,
  registry: Registry,
): Promise<ReleaseImage> {
  const reference = /[/]/.test(text) ? referenceIn(text, repository, "--image") : text.replace(/^[@:]/, "")
  const { digest } = await findImage(repository, reference, registry)
  return { image: `${repository}@${digest}`, build: null, commit: null, secretVersion: null, sealedAt: null }
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

async function findImage(repository: string, reference: string, registry: Registry): Promise<RegistryImage> {
  const text = `${repository}${reference.startsWith("sha256:") ? "@" : ":"}${printable(reference)}`
  const found = await registry.find(repository, reference)
  if (found === null) {
    throw unusable(
      `there is no image ${text}`,
      "did the build push it? was it expired by the repository's lifecycle policy?",
    )
  }
  if (found.status !== "ACTIVE") {
    throw unusable(`the image ${text} is ${found.status.toLowerCase()}`, "restore it, or deploy another one")
  }
  return found
}

function unusable(message: string, hint: string): EnvsealError {
  return new EnvsealError("IMAGE_UNUSABLE", message, { hint })
}
