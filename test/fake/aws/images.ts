import { authorize } from "./authorize.ts"
import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { readMembers, readObject } from "./members.ts"
import { type Image, imagesOf, type Repository, repositoryArn } from "./repository.ts"
import { findRepository, invalid, missingRepository, readAccount, readName } from "./repository-id.ts"

interface ImageId {
  readonly imageDigest?: string
  readonly imageTag?: string
}

/** So many are on a page when nothing else is said (ECR API reference, "DescribeImages"). */
const usualPage = 100

/** DescribeImages of ECR, without its filter by tag. */
export function describeImages(call: Call, caller: Caller): object {
  const { repositoryName, registryId, imageIds, filter, nextToken, maxResults } = readMembers(
    call.request.body,
    {
      repositoryName: "text",
      registryId: "text",
      imageIds: "objects",
      filter: "pairs",
      ...{ nextToken: "text", maxResults: "number" },
    },
  )
  const account = readAccount(registryId, caller)
  const name = readName(repositoryName)
  const ids = imageIds?.map(readImageId)
  const repository = authorizedRepository(call, caller, name, account)
  const { builds, clock } = call.state
  const images = imagesOf(repository, account, builds, clock.now()).filter(readFilter(filter))
  const found = ids === undefined ? images : ids.map((id) => findImage(images, id, name, account))
  const details = [...new Set(found)].map((image) => detail(image, name, account))
  if (ids === undefined) return pageOf(details, Number(nextToken ?? 0), maxResults ?? usualPage)
  // Images that are named come at once.
  if (nextToken !== undefined || maxResults !== undefined) throw invalid("maxResults", "no imageIds")
  return { imageDetails: details }
}

function pageOf(details: readonly object[], from: number, size: number): object {
  if (!Number.isInteger(from) || from > details.length) throw invalid("nextToken", "of the page before")
  if (!Number.isInteger(size) || size < 1 || size > 1000) throw invalid("maxResults", "1 to 1000")
  const to = from + size
  return { imageDetails: details.slice(from, to), ...(to < details.length && { nextToken: String(to) }) }
}

function authorizedRepository({ state }: Call, caller: Caller, name: string, account: string): Repository {
  const repository = findRepository(state.world, name, caller.region, account)
  const resource = repositoryArn(name, caller.region, account)
  authorize(caller, { action: "ecr:DescribeImages", resource, account, policy: repository?.policy })
  return repository ?? missingRepository(name, account)
}

/** Without a status, only active images are there (ECR API reference, "DescribeImagesFilter"). */
function readFilter(filter: Readonly<Record<string, string>> = {}): (image: Image) => boolean {
  const { imageStatus = "ACTIVE", ...others } = filter
  const isKnown = ["ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"].includes(imageStatus)
  if (!isKnown || Object.keys(others).length > 0) throw invalid("filter", "imageStatus")
  return ({ status = "ACTIVE" }) => imageStatus === "ANY" || imageStatus === status
}

/** @throws InvalidParameterException */
export function readImageId(object: object): ImageId {
  const id = readObject(object, { imageDigest: "text", imageTag: "text" })
  if (id.imageDigest === undefined && id.imageTag === undefined) {
    throw new Fault("InvalidParameterException", "Invalid request parameters: an image id is empty")
  }
  if (id.imageDigest !== undefined && !/^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/.test(id.imageDigest)) {
    throw invalid("imageDigest", "[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")
  }
  return id
}

function findImage(images: readonly Image[], id: ImageId, name: string, account: string): Image {
  const { imageDigest, imageTag } = id
  const found = images.find(
    ({ digest, tags }) =>
      (imageDigest === undefined || imageDigest === digest) &&
      (imageTag === undefined || tags.includes(imageTag)),
  )
  if (found !== undefined) return found
  const asked = `{imageDigest:'${imageDigest ?? "null"}', imageTag:'${imageTag ?? "null"}'}`
  throw new Fault(
    "ImageNotFoundException",
    `The image with imageId ${asked} does not exist within the repository with name '${name}' in the registry ` +
      `with id '${account}'`,
  )
}

function detail(image: Image, name: string, account: string): object {
  const { digest, tags, pushedAt, status = "ACTIVE", index } = image
  return {
    registryId: account,
    repositoryName: name,
    imageDigest: digest,
    ...(tags.length > 0 && { imageTags: tags }),
    imageSizeInBytes: index === undefined ? 123_456_789 : 1_609,
    imagePushedAt: Date.parse(pushedAt) / 1000,
    // An index has no configuration, and so no type of artifact.
    ...(index === undefined
      ? {
          imageManifestMediaType: "application/vnd.docker.distribution.manifest.v2+json",
          artifactMediaType: "application/vnd.docker.container.image.v1+json",
        }
      : { imageManifestMediaType: "application/vnd.oci.image.index.v1+json" }),
    imageStatus: status,
  }
}
