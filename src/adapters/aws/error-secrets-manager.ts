import { EnvsealError } from "../../core/error.ts"
import type { Answer } from "./answer.ts"
import { type Call, type CallPlace, placeWords } from "./call.ts"

const readingActions: readonly Call["action"][] = [
  "secretsmanager:GetSecretValue",
  "secretsmanager:DescribeSecret",
]

/**
 * Errors that the Secrets Manager API reference lists under the calls that envseal makes; `null` for another.
 *
 * @param said the answer's message, safe to quote.
 */
export function secretError(
  { name, message }: Answer,
  { action, resource }: Call,
  said: string,
  place: CallPlace,
): EnvsealError | null {
  const missing = (what: string, hint: string) =>
    new EnvsealError("SOURCE_MISSING", `the secret ${resource} ${what}`, { hint })
  const unusable = () => missing(`cannot be used: ${said}`, "look at it in Secrets Manager")
  const keyError = (verb: string) =>
    new EnvsealError("KEY_UNUSABLE", `Secrets Manager cannot ${verb} ${resource} with the secret's own key`, {
      hint: "look at the state and the policy of the key that the secret is encrypted under",
    })
  switch (name) {
    case "ResourceNotFoundException":
      if (/secret value/.test(message)) {
        return missing(
          "has no such version or stage",
          `look at what it has: aws secretsmanager list-secret-version-ids --secret-id ${resource}`,
        )
      }
      return missing(
        `does not exist ${placeWords(place)}`,
        "check its name; another Region is asked with --region (AWS_REGION), another account with --profile (AWS_PROFILE) or by the ARN",
      )
    case "LimitExceededException":
      // There it is the number of secrets.
      if (action === "secretsmanager:CreateSecret") return null
      return new EnvsealError(
        "SECRET_BUSY",
        `the secret ${resource} has as many staging labels or versions as AWS allows`,
        {
          hint: "look at them with envseal secret versions, and take away what envseal left with --sweep",
        },
      )
    case "EncryptionFailure":
    case "EncryptionFailureException":
      return keyError("encrypt")
    case "InvalidRequestException":
      if (/replica/.test(message)) {
        return missing("is a replica, which cannot be written", "change it in the Region of its primary")
      }
      return /delet/.test(message) ? markedForDeletion(resource) : unusable()
    case "InvalidParameterException":
    case "ValidationException":
      // Only there is it what a person wrote as the source.
      if (!readingActions.includes(action)) return unusable()
      return missing(
        `cannot be asked for: ${said}`,
        "write aws-sm:NAME, aws-sm:NAME#STAGE or aws-sm:NAME#VERSION-ID",
      )
    case "DecryptionFailure":
    case "DecryptionFailureException":
      return keyError("decrypt")
    default:
      return null
  }
}

/** A secret that is there, and that nobody can read any more. */
export function markedForDeletion(id: string): EnvsealError {
  return new EnvsealError("SOURCE_MISSING", `the secret ${id} is marked for deletion`, {
    hint: `take it back: aws secretsmanager restore-secret --secret-id ${id}`,
  })
}
