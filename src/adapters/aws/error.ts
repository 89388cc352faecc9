import { EnvsealError } from "../../core/error.ts"
import { contextCondition, type Statement } from "../../core/iam.ts"
import { type Answer, answerMayPass, answerOf, describeAnswer, isThrottling } from "./answer.ts"
import type { Call, Caller, CallPlace } from "./call.ts"
import { refusedCredentials, refusesCredentials } from "./error-credentials.ts"
import { codeBuildError, eksError } from "./error-deploy.ts"
import { ecrError } from "./error-ecr.ts"
import { kmsError } from "./error-kms.ts"
import { secretError } from "./error-secrets-manager.ts"
import type { Redactor } from "./redact.ts"

/** What the errors of each service mean for envseal, beside those that all services have. */
const own: Partial<
  Record<Call["service"], (answer: Answer, call: Call, said: string, place: CallPlace) => EnvsealError | null>
> = {
  KMS: kmsError,
  "Secrets Manager": secretError,
  CodeBuild: codeBuildError,
  ECR: ecrError,
  EKS: eksError,
}

/** Why a call to AWS failed, in our words. */
export function remoteError(
  thrown: unknown,
  call: Call,
  caller: Caller,
  redactor: Redactor,
  place: CallPlace = { region: null, account: null },
): EnvsealError {
  if (thrown instanceof EnvsealError) return thrown
  const answer = answerOf(thrown)
  const said = redactor.quote(answer.message)
  if (/^Region (?:is missing|not accepted)/.test(answer.message)) return noRegion(call)
  return (
    own[call.service]?.(answer, call, said, place) ??
    accessError(answer, call, caller, said, place) ??
    throttled(answer, call) ??
    unexpected(answer, call)
  )
}

function noRegion({ resource }: Call): EnvsealError {
  return new EnvsealError("USAGE", `there is no Region, or none that can be, to look for ${resource} in`, {
    hint: "set AWS_REGION, or give the ARN",
  })
}

/** Errors that every AWS service has in common. */
function accessError(
  answer: Answer,
  call: Call,
  caller: Caller,
  said: string,
  place: CallPlace,
): EnvsealError | null {
  if (/^AccessDenied(?:Exception)?$/.test(answer.name)) return denied(call, caller, said, place)
  return refusesCredentials(answer) ? refusedCredentials(call.service, answer, caller) : null
}

function denied(call: Call, caller: Caller, said: string, place: CallPlace): EnvsealError {
  const [, principal] = /User: (arn:\S+) is not authorized/.exec(said) ?? []
  const who = principal ?? caller.role ?? "this role"
  const both = call.service === "KMS" ? " and of the key" : ""
  return new EnvsealError(
    "ACCESS_DENIED",
    `${call.service} refused ${call.action} on ${call.resource} to ${who} (credentials from ${caller.name})${because(said)}`,
    {
      hint: `allow it in the policy of the role${both}: ${JSON.stringify(missingPermission(call, said, place))}`,
    },
  )
}

/** The reason AWS gives, such as `because no identity-based policy allows the kms:Decrypt action`. */
function because(said: string): string {
  const [reason] = /because .{1,200}$/.exec(said) ?? []
  if (reason !== undefined) return `: ${reason}`
  return said === "" || /^User: /.test(said) ? "" : `: ${said}`
}

function missingPermission(call: Call, said: string, place: CallPlace): Statement {
  const { action, resource, context } = call
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
    Resource: /on resource: (arn:\S+)/.exec(said)?.[1] ?? resourceOf(call, said, place),
    ...(context === undefined ? {} : { Condition: contextCondition(context) }),
  }
}

/** As a policy names it: of a secret, its name is not enough. */
function resourceOf({ service, resource }: Call, said: string, { region, account }: CallPlace): string {
  if (service !== "Secrets Manager" || resource.startsWith("arn:")) return resource
  const owner = account ?? /^User: arn:aws:\w+::(\d{12}):/.exec(said)?.[1] ?? "*"
  return `arn:aws:secretsmanager:${region ?? "*"}:${owner}:secret:${resource}-??????`
}

/**
 * For the services that a deploy asks again and again, which has to slow down then. KMS and Secrets Manager are asked
 * until they answer, and their failure is the last word.
 */
function throttled(answer: Answer, { service, action }: Call): EnvsealError | null {
  if (service === "KMS" || service === "Secrets Manager" || !isThrottling(answer)) return null
  return new EnvsealError("THROTTLED", `${service} is asked too often (${action}: ${answer.name})`, {
    hint: "try again in a minute; all that asks it in this account and Region counts",
  })
}

function unexpected(answer: Answer, { service, action, resource }: Call): EnvsealError {
  return new EnvsealError(
    "REMOTE_FAILED",
    `${service} did not do ${action} on ${resource}: ${describeAnswer(answer)}`,
    { hint: hintForUnexpected(answer, action, resource) },
  )
}

function hintForUnexpected(answer: Answer, action: Call["action"], resource: string): string {
  const status = answer.$metadata.httpStatusCode
  if (action === "codebuild:StartBuild" && answerMayPass(answer))
    return `see first whether a build was started all the same: aws codebuild list-builds-for-project --project-name ${resource}`
  if (status === undefined || status < 400)
    return "look at what stands between here and AWS: AWS_ENDPOINT_URL, a proxy, a certificate, the network"
  if (answerMayPass(answer)) return "try again; https://health.aws.amazon.com tells whether AWS is at fault"
  return `look ${answer.name} up in the AWS API reference, under ${action.split(":").at(-1)}`
}
