import { EnvsealError } from "../../core/error.ts"
import type { Answer } from "./answer.ts"
import type { Call } from "./call.ts"

/**
 * Errors that the ECR API reference lists under the calls that envseal makes; `null` for another one, and for what is a
 * result: an image that is missing, a layer or a tag that is there.
 *
 * @param said the answer's message, safe to quote.
 */
export function ecrError({ name }: Answer, call: Call, said: string): EnvsealError | null {
  const { resource } = call
  const unusable = (what: string, hint: string) => new EnvsealError("IMAGE_UNUSABLE", what, { hint })
  switch (name) {
    case "RepositoryNotFoundException":
      return unusable(
        `the repository ${resource} does not exist`,
        "look at its name, account and Region: aws ecr describe-repositories",
      )
    case "InvalidParameterException":
    case "ValidationException":
      return unusable(
        `ECR cannot ${purposeOf(call)} ${resource}: ${said}`,
        "look at the repository's name, and at the tag or digest",
      )
    case "LayersNotFoundException":
    case "LayerInaccessibleException":
    case "UnableToGetUpstreamLayerException":
    case "ReferencedImagesNotFoundException":
      return unusable(
        `the repository ${resource} lacks a part of the image: ${said}`,
        "give an image of this very repository; a lifecycle policy may have removed it",
      )
    case "LimitExceededException":
      return unusable(
        `ECR takes no more in ${resource}: ${said}`,
        "remove old images, or have the quota raised: aws service-quotas list-service-quotas --service-code ecr",
      )
    case "KmsException":
      return unusable(
        `ECR cannot use the key of the repository ${resource}: ${said}`,
        "look whether the key is enabled: aws ecr describe-repositories",
      )
    default:
      return null
  }
}

const writing = [
  "ecr:InitiateLayerUpload",
  "ecr:UploadLayerPart",
  "ecr:CompleteLayerUpload",
  "ecr:PutImage",
] as const

function purposeOf({ action }: Call): string {
  return writing.some((one) => one === action) ? "store an image in" : "look for an image in"
}
