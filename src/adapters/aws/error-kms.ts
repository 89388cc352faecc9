import { EnvsealError } from "../../core/error.ts"
import type { Answer } from "./answer.ts"
import { type Call, type CallPlace, placeWords } from "./call.ts"

/** Errors that the KMS API reference lists under Encrypt and Decrypt; `null` for another one. */
export function kmsError(
  { name, message }: Answer,
  { resource, context }: Call,
  _said: string,
  place: CallPlace,
): EnvsealError | null {
  const keyError = (what: string, hint: string) =>
    new EnvsealError("KEY_UNUSABLE", `the KMS key ${resource} ${what}`, { hint })
  switch (name) {
    case "NotFoundException":
      return keyError(
        `does not exist ${placeWords(place)}`,
        /mrk-/.test(resource)
          ? "a multi-Region key needs a replica in the Region that opens: create one, or ask elsewhere with --region (AWS_REGION)"
          : `another Region is asked with --region, another account with --profile; to see whether its name is right: aws kms describe-key --key-id ${resource}`,
      )
    case "DisabledException":
      return keyError(
        "is disabled",
        `enable it, unless someone disabled it to stop just this: aws kms enable-key --key-id ${resource}`,
      )
    case "KMSInvalidStateException": {
      const [state] =
        /pending (?:deletion|import|replica deletion)|unavailable|creating|updating/i.exec(message) ?? []
      return keyError(
        `cannot be used${state === undefined ? "" : `: it is ${state.toLowerCase()}`}`,
        `look at its state: aws kms describe-key --key-id ${resource}`,
      )
    }
    case "InvalidKeyUsageException":
      return keyError("is not a symmetric key for encryption", "make one: aws kms create-key")
    case "InvalidCiphertextException":
      return altered(`KMS cannot decrypt the file key under ${resource} with ${formatPairs(context)}`)
    case "IncorrectKeyException":
      return altered(`the file key is not encrypted under ${resource}, as the header says`)
    default:
      return null
  }
}

function altered(what: string): EnvsealError {
  return new EnvsealError("TAMPERED", what)
}

function formatPairs(context: Call["context"]): string {
  const pairs = Object.entries(context ?? {}).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? "no context" : `the context ${pairs.sort().join(",")}`
}
