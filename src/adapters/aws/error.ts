import { EnvsealError, type ErrorCode } from "../../core/error.ts"
import { contextCondition, type Statement } from "../../core/iam.ts"
import { printable } from "../../core/text.ts"
import { type Answer, answerOf, describeFailure, mayPass } from "./answer.ts"
import type { Redactor } from "./redact.ts"

/** One call to AWS, for the message of its failure. Nothing in it is secret. */
export interface Call {
  readonly service: "KMS" | "Secrets Manager"
  /** As a policy names it. */
  readonly action: "kms:Encrypt" | "kms:Decrypt" | "secretsmanager:GetSecretValue"
  /** ARN or id of the key or secret. */
  readonly resource: string
  /** The encryption context, for KMS. */
  readonly context: Readonly<Record<string, string>> | null
}

/** Who calls, for the message. */
export interface Caller {
  readonly name: string
  readonly role: string | null
}

/** Why a call to KMS or Secrets Manager failed, in our words. */
export function remoteError(thrown: unknown, call: Call, caller: Caller, redactor: Redactor): EnvsealError {
  if (thrown instanceof EnvsealError) return thrown
  const answer = answerOf(thrown)
  const said = redactor.quote(answer.message)
  if (/^Region (?:is missing|not accepted)/.test(answer.message)) return noRegion(call)
  const own = call.service === "KMS" ? kmsError(answer, call) : secretError(answer, call, said)
  return own ?? accessError(answer, call, caller, said) ?? unexpected(answer, call)
}

function noRegion({ resource }: Call): EnvsealError {
  return new EnvsealError("USAGE", `there is no Region, or none that can be, to look for ${resource} in`, {
    hint: "set AWS_REGION, or give the ARN",
  })
}

/** Errors that the KMS API reference lists under Encrypt and Decrypt. */
function kmsError({ name, message }: Answer, { resource, context }: Call): EnvsealError | null {
  const keyError = (what: string, hint: string) =>
    new EnvsealError("KEY_UNUSABLE", `the KMS key ${resource} ${what}`, { hint })
  switch (name) {
    case "NotFoundException":
      return keyError(
        "does not exist there",
        /mrk-/.test(resource)
          ? "a multi-Region key needs a replica in the Region that opens: create one, or set AWS_REGION"
          : `look at its name, account and Region: aws kms describe-key --key-id ${resource}`,
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

/** Errors that the Secrets Manager API reference lists under GetSecretValue. */
function secretError({ name, message }: Answer, { resource }: Call, said: string): EnvsealError | null {
  const missing = (what: string, hint: string) =>
    new EnvsealError("SOURCE_MISSING", `the secret ${resource} ${what}`, { hint })
  switch (name) {
    case "ResourceNotFoundException":
      if (/secret value/.test(message)) {
        return missing(
          "has no such version or stage",
          `look at what it has: aws secretsmanager list-secret-version-ids --secret-id ${resource}`,
        )
      }
      return missing(
        "does not exist in this account and Region",
        "look at its name and AWS_REGION; in another Region it needs a replica, in another account its ARN",
      )
    case "InvalidRequestException":
      return /delet/.test(message)
        ? missing(
            "is marked for deletion",
            `take it back: aws secretsmanager restore-secret --secret-id ${resource}`,
          )
        : missing(`cannot be read: ${said}`, "look at it in Secrets Manager")
    case "InvalidParameterException":
    case "ValidationException":
      return missing(
        `cannot be asked for: ${said}`,
        "write aws-sm:NAME, aws-sm:NAME#STAGE or aws-sm:NAME#VERSION-ID",
      )
    case "DecryptionFailure":
    case "DecryptionFailureException":
      return new EnvsealError(
        "KEY_UNUSABLE",
        `Secrets Manager cannot decrypt ${resource} with the secret's own key`,
        {
          hint: "look at the state and the policy of the key that the secret is encrypted under",
        },
      )
    default:
      return null
  }
}

const refusedCredentials =
  /^(?:ExpiredToken(?:Exception)?|UnrecognizedClientException|InvalidClientTokenId|InvalidIdentityToken(?:Exception)?|MissingAuthenticationToken(?:Exception)?|IncompleteSignature(?:Exception)?|SignatureDoesNotMatch|InvalidSignatureException|RequestExpired|RequestTimeTooSkewed|NotAuthorizedException)$/

/** Errors that every AWS service has in common. */
function accessError(answer: Answer, call: Call, caller: Caller, said: string): EnvsealError | null {
  if (/^AccessDenied(?:Exception)?$/.test(answer.name)) return denied(call, caller, said)
  if (!refusedCredentials.test(answer.name)) return null
  return refused(call.service, answer, caller)
}

function denied(call: Call, caller: Caller, said: string): EnvsealError {
  const [, principal] = /User: (arn:\S+) is not authorized/.exec(said) ?? []
  const who = principal ?? caller.role ?? "this role"
  const both = call.service === "KMS" ? " and of the key" : ""
  return new EnvsealError(
    "ACCESS_DENIED",
    `${call.service} refused ${call.action} on ${call.resource} to ${who} (credentials from ${caller.name})${because(said)}`,
    { hint: `allow it in the policy of the role${both}: ${JSON.stringify(missingPermission(call, said))}` },
  )
}

/** The reason AWS gives, such as `because no identity-based policy allows the kms:Decrypt action`. */
function because(said: string): string {
  const [reason] = /because .{1,200}$/.exec(said) ?? []
  if (reason !== undefined) return `: ${reason}`
  return said === "" || /^User: /.test(said) ? "" : `: ${said}`
}

function missingPermission({ action, resource, context }: Call, said: string): Statement {
  if (/KMS/.test(said) && action === "secretsmanager:GetSecretValue") {
    const service = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(resource)?.[1] ?? "*"
    return {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "the key of the secret",
      Condition: { StringLike: { "kms:ViaService": `secretsmanager.${service}.amazonaws.com` } },
    }
  }
  return {
    Effect: "Allow",
    Action: action,
    Resource: /on resource: (arn:\S+)/.exec(said)?.[1] ?? resource,
    ...(context === null ? {} : { Condition: contextCondition(context) }),
  }
}

function refused(service: string, { name, message }: Answer, caller: Caller): EnvsealError {
  const skewed = name === "RequestTimeTooSkewed" || /Signature (?:expired|not yet current)/.test(message)
  const who = caller.role === null ? caller.name : `${caller.name} as ${caller.role}`
  if (skewed) {
    return new EnvsealError("CREDENTIALS_REFUSED", `${service} refused the time of the request (${name})`, {
      hint: "set the clock of this machine: AWS allows it to be 5 minutes off",
    })
  }
  return new EnvsealError("CREDENTIALS_REFUSED", `${service} refused the credentials of ${who} (${name})`, {
    hint: hintForCredentials(name, caller),
  })
}

function hintForCredentials(name: string, caller: Caller, said = ""): string {
  const [, profile] = /^profile (.+)$/.exec(caller.name) ?? []
  if (profile !== undefined) return hintForProfile(profile, said)
  if (/^ExpiredToken/.test(name)) return "they have expired: get new ones"
  if (/^InvalidIdentityToken/.test(name))
    return "the cluster's OIDC provider must be known to IAM, with sts.amazonaws.com as its audience"
  return "look at where they come from; another mechanism is not tried, so that it is certain who acts"
}

function hintForProfile(profile: string, said: string): string {
  if (/\bsso\b/i.test(said)) return `log in again: aws sso login --profile ${profile}`
  if (/multi-factor/.test(said))
    return "envseal asks for no code: get a session with one first, and put its credentials into the environment"
  return `see whether the AWS CLI can use it: aws sts get-caller-identity --profile ${profile}`
}

function unexpected(answer: Answer, { service, action, resource }: Call): EnvsealError {
  return new EnvsealError(
    "REMOTE_FAILED",
    `${service} did not do ${action} on ${resource}: ${describeFailure(answer)}`,
    { hint: hintForUnexpected(answer, action) },
  )
}

function hintForUnexpected(answer: Answer, action: Call["action"]): string {
  const status = answer.$metadata.httpStatusCode
  if (status === undefined || status < 400)
    return "look at what stands between here and AWS: AWS_ENDPOINT_URL, a proxy, a certificate, the network"
  if (mayPass(answer)) return "try again; https://health.aws.amazon.com tells whether AWS is at fault"
  return `look ${answer.name} up in the AWS API reference, under ${action.split(":").at(-1)}`
}

/** Why credentials could not be had, naming the mechanism, its role, and what it answered. */
export function credentialsError(thrown: unknown, caller: Caller, redactor: Redactor): EnvsealError {
  if (thrown instanceof EnvsealError) return thrown
  const answer = answerOf(thrown)
  const who = caller.role === null ? caller.name : `${caller.name} for ${caller.role}`
  const said = redactor.quote(answer.message)
  const error = (code: ErrorCode, what: string, hint: string) =>
    new EnvsealError(code, `no credentials from ${who}: ${what}`, { hint })
  if (mayPass(answer))
    return error(
      "REMOTE_FAILED",
      describeFailure(answer),
      "try again; is it up, and can it be reached from here?",
    )
  if (answer.code === "ENOENT" || answer.code === "EACCES") {
    return error(
      "NO_CREDENTIALS",
      `its token file cannot be read (${answer.code})`,
      "the pod's security context needs fsGroup for a user that is not root; without the file, the webhook did not see the pod",
    )
  }
  if (refusedCredentials.test(answer.name))
    return error(
      "CREDENTIALS_REFUSED",
      `${answer.name}: ${said}`,
      hintForCredentials(answer.name, caller, said),
    )
  const status = answer.$metadata.httpStatusCode
  if (status !== undefined && status >= 400 && status < 500) {
    return error("ACCESS_DENIED", `${answer.name} (status ${status}): ${said}`, hintForDenial(caller))
  }
  return error(
    "NO_CREDENTIALS",
    said === "" ? printable(answer.name) : said,
    hintForCredentials(answer.name, caller, said),
  )
}

function hintForDenial({ name, role }: Caller): string {
  if (/^profile /.test(name))
    return "the role of the profile must trust who assumes it, and they must be allowed sts:AssumeRole; with SSO, the role must be assigned to you"
  if (/Pod Identity/.test(name))
    return "the service account needs a Pod Identity association, and its role must trust pods.eks.amazonaws.com for sts:AssumeRole and sts:TagSession"
  if (/web identity/.test(name))
    return `the trust policy of ${role ?? "the role"} must allow sts:AssumeRoleWithWebIdentity to the pod's service account: check its OIDC provider, sub and aud`
  return "the role of the container (CodeBuild project, ECS task) must be there, and be usable by it"
}

function formatPairs(context: Readonly<Record<string, string>> | null): string {
  const pairs = Object.entries(context ?? {}).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? "no context" : `the context ${pairs.sort().join(",")}`
}
