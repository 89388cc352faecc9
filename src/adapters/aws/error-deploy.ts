import { EnvsealError } from "../../core/error.ts"
import type { Answer } from "./answer.ts"
import { type Call, type CallPlace, placeWords } from "./call.ts"

/**
 * Errors that the CodeBuild API reference lists under BatchGetProjects and StartBuild; `null` for another one. Those
 * of BatchGetBuilds and StopBuild say that there is no such build.
 *
 * @param said the answer's message, safe to quote.
 */
export function codeBuildError(
  { name }: Answer,
  { action, resource }: Call,
  said: string,
  place: CallPlace,
): EnvsealError | null {
  const notStarted = (hint: string) =>
    new EnvsealError("BUILD_NOT_STARTED", `CodeBuild started no build of ${resource}: ${said}`, { hint })
  const unusable = (what: string) =>
    new EnvsealError("PROJECT_UNUSABLE", `the CodeBuild project ${resource} ${what}`, {
      hint: "look at its name, account and Region: aws codebuild list-projects",
    })
  switch (name) {
    case "AccountLimitExceededException":
      return notStarted(
        "too many builds run: wait until one ends, or raise the limit of the account or the project, and try again",
      )
    case "InvalidInputException":
      if (action === "codebuild:StartBuild") {
        return notStarted(
          `look at the project and its source: aws codebuild batch-get-projects --names ${resource}`,
        )
      }
      return action === "codebuild:BatchGetProjects" ? unusable(`cannot be looked for: ${said}`) : null
    case "ResourceNotFoundException":
      return unusable(`does not exist ${placeWords(place)}`)
    default:
      return null
  }
}

/**
 * Errors that the EKS API reference lists under DescribeCluster; `null` for another one.
 *
 * @param said the answer's message, safe to quote.
 */
export function eksError(
  { name }: Answer,
  { resource }: Call,
  said: string,
  place: CallPlace,
): EnvsealError | null {
  const hint = "look at its name, account and Region: aws eks list-clusters"
  switch (name) {
    case "ResourceNotFoundException":
      return new EnvsealError("WRONG_CLUSTER", `there is no EKS cluster ${resource} ${placeWords(place)}`, {
        hint,
      })
    case "InvalidParameterException":
      return new EnvsealError("WRONG_CLUSTER", `EKS cannot look for the cluster ${resource}: ${said}`, {
        hint,
      })
    default:
      return null
  }
}
