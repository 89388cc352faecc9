import { EnvsealError } from "../../core/error.ts"
import type { Answer } from "./answer.ts"
import type { Call } from "./call.ts"

/**
 * Errors that the ECR API reference lists under DescribeImages; `null` for another one, and for an image that is
 * missing, which is a result.
 *
 * @param said the answer's message, safe to quote.
 */
export function ecrError({ name }: Answer, { resource }: Call, said: string): EnvsealError | null {
  switch (name) {
    case "RepositoryNotFoundException":
      return new EnvsealError("IMAGE_UNUSABLE", `the repository ${resource} does not exist`, {
        hint: "look at its name, account and Region: aws ecr describe-repositories",
      })
    case "InvalidParameterException":
    case "ValidationException":
      return new EnvsealError("IMAGE_UNUSABLE", `ECR cannot look for an image in ${resource}: ${said}`, {
        hint: "look at the repository's name, and at the tag or digest",
      })
    default:
      return null
  }
}
