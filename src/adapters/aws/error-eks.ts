import { EnvsealError } from "../../core/error.ts"
import type { Answer } from "./answer.ts"
import type { Call } from "./call.ts"

/**
 * Errors that the EKS API reference lists under DescribeCluster; `null` for another one.
 *
 * @param said the answer's message, safe to quote.
 */
export function eksError({ name }: Answer, { resource }: Call, said: string): EnvsealError | null {
  const hint = "look at its name, account and Region: aws eks list-clusters"
  switch (name) {
    case "ResourceNotFoundException":
      return new EnvsealError(
        "WRONG_CLUSTER",
        `there is no EKS cluster ${resource} in this account and Region`,
        { hint },
      )
    case "InvalidParameterException":
      return new EnvsealError("WRONG_CLUSTER", `EKS cannot look for the cluster ${resource}: ${said}`, {
        hint,
      })
    default:
      return null
  }
}
