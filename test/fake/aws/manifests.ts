import { createHash } from "node:crypto"
import type { Caller, Operation } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { readImageId } from "./images.ts"
import { changeRepository, layersNotFound, useRepository } from "./layers.ts"
import { readMembers } from "./members.ts"
import { type Image, imagesOf, type Repository } from "./repository.ts"
import { invalid } from "./repository-id.ts"

/** The calls of ECR that read and write manifests. */
export const manifestOperations: Readonly<Record<string, Operation>> = {
  BatchGetImage: batchGetImage,
  PutImage: putImage,
}

const indexTypes = [
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.index.v1+json",
]
const imageTypes = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
]

function batchGetImage(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...{ registryId: "text", repositoryName: "text", imageIds: "objects", acceptedMediaTypes: "texts" },
  })
  const { repository, account } = useRepository(call, caller, "BatchGetImage", members)
  const { imageIds = [], acceptedMediaTypes } = members
  if (imageIds.length === 0 || imageIds.length > 100) throw invalid("imageIds", "1 to 100 images")
  const { builds, clock } = call.state
  const all = imagesOf(repository, account, builds, clock.now())
  const found = imageIds.map(readImageId).map((imageId) => ({
    imageId,
    image: all.find(
      ({ digest, tags }) =>
        (imageId.imageDigest ?? digest) === digest &&
        (imageId.imageTag === undefined || tags.includes(imageId.imageTag)),
    ),
  }))
  return {
    images: found.flatMap(({ imageId, image }) =>
      image === undefined || image.status === "ARCHIVED"
        ? []
        : [view(image, imageId.imageTag, { name: repository.name, account, acceptedMediaTypes })],
    ),
    failures: found.flatMap(({ imageId, image }) => {
      if (image === undefined) return [failure(imageId, "ImageNotFound", "Requested image not found")]
      return image.status === "ARCHIVED"
        ? [failure(imageId, "ImageInaccessible", "The image is archived")]
        : []
    }),
  }
}

function failure(imageId: object, failureCode: string, failureReason: string): object {
  return { imageId, failureCode, failureReason }
}

interface Asked {
  readonly name: string
  readonly account: string
  readonly acceptedMediaTypes: readonly string[] | undefined
}

function view(image: Image, tag: string | undefined, { name, account, acceptedMediaTypes }: Asked): object {
  const { digest, manifest, mediaType } = image
  if (manifest === undefined || mediaType === undefined) {
    throw new Fault("ValidationException", `this fake has no manifest of ${digest}`)
  }
  if (acceptedMediaTypes !== undefined && !acceptedMediaTypes.includes(mediaType)) {
    throw new Fault("ValidationException", `this fake makes no other manifest out of ${mediaType}`)
  }
  return {
    registryId: account,
    repositoryName: name,
    imageId: { imageDigest: digest, ...(tag !== undefined && { imageTag: tag }) },
    imageManifest: manifest,
    imageManifestMediaType: mediaType,
  }
}

function putImage(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...{ registryId: "text", repositoryName: "text", imageTag: "text", imageDigest: "text" },
    ...{ imageManifest: "text", imageManifestMediaType: "text" },
  })
  const { repository, account } = useRepository(call, caller, "PutImage", members)
  const { imageManifest: manifest = "", imageTag: tag, imageDigest } = members
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag))
    throw invalid("imageTag", "[a-zA-Z0-9_][a-zA-Z0-9._-]*")
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`
  if (imageDigest !== undefined && imageDigest !== digest) {
    throw new Fault("ImageDigestDoesNotMatchException", `The image has the digest ${digest}`)
  }
  const { mediaType, parts } = readParts(manifest, members.imageManifestMediaType)
  refuseMissing(repository, mediaType, parts)
  const images = imagesOf(repository, account, call.state.builds, call.state.clock.now())
  refuseTag(repository, images, digest, tag)
  const pushedAt = new Date(call.now).toISOString()
  const there = repository.images.find((one) => one.digest === digest)
  const others = repository.images
    .filter((one) => one !== there)
    .map((one) => ({ ...one, tags: one.tags.filter((other) => other !== tag) }))
  const tags = [...(there?.tags ?? []), ...(tag === undefined ? [] : [tag])]
  changeRepository(call.state, repository, {
    images: [...others, { digest, tags, pushedAt: there?.pushedAt ?? pushedAt, manifest, mediaType }],
  })
  const imageId = { imageDigest: digest, ...(tag !== undefined && { imageTag: tag }) }
  const place = { registryId: account, repositoryName: repository.name }
  return { image: { ...place, imageId, imageManifest: manifest, imageManifestMediaType: mediaType } }
}

function readParts(
  manifest: string,
  given: string | undefined,
): { mediaType: string; parts: readonly string[] } {
  let json: Record<string, unknown>
  try {
    json = JSON.parse(manifest)
  } catch {
    throw invalid("imageManifest", "a manifest")
  }
  const mediaType = given ?? String(json["mediaType"])
  if (json["mediaType"] !== undefined && json["mediaType"] !== mediaType)
    throw invalid("imageManifest", mediaType)
  const {
    config,
    layers = [],
    manifests = [],
  } = json as {
    config?: { digest: string }
    layers?: { digest: string }[]
    manifests?: { digest: string }[]
  }
  const all = indexTypes.includes(mediaType)
    ? manifests
    : [...(config === undefined ? [] : [config]), ...layers]
  const isKnown = imageTypes.includes(mediaType) ? config !== undefined : indexTypes.includes(mediaType)
  if (!isKnown || json["schemaVersion"] !== 2 || all.length === 0) throw invalid("imageManifest", mediaType)
  return { mediaType, parts: all.map(({ digest }) => digest) }
}

function refuseMissing(
  { blobs = {}, images }: Repository,
  mediaType: string,
  parts: readonly string[],
): void {
  if (indexTypes.includes(mediaType)) {
    const absent = parts.filter((digest) => !images.some((image) => image.digest === digest))
    if (absent.length === 0) return
    throw new Fault(
      "ReferencedImagesNotFoundException",
      `Images with digests '[${absent}]' could not be found`,
    )
  }
  const absent = parts.filter((digest) => blobs[digest] === undefined)
  if (absent.length > 0) throw layersNotFound(absent)
}

function refuseTag(
  { name, imageTagMutability }: Repository,
  images: readonly Image[],
  digest: string,
  tag: string | undefined,
): void {
  const same = images.find((image) => image.digest === digest)
  if (same !== undefined && (tag === undefined || same.tags.includes(tag))) {
    throw new Fault(
      "ImageAlreadyExistsException",
      `Image with digest '${digest}' and tag '${tag ?? "null"}' already exists in the repository '${name}'`,
    )
  }
  const isTaken = tag !== undefined && images.some(({ tags }) => tags.includes(tag))
  if (isTaken && imageTagMutability === "IMMUTABLE") {
    throw new Fault(
      "ImageTagAlreadyExistsException",
      `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the ` +
        "repository is immutable.",
    )
  }
}
