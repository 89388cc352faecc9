import { EnvsealError, type ErrorCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { type Answer, answerMayPass, answerOf, describeAnswer } from "./answer.ts"
import type { Caller } from "./call.ts"
import type { Redactor } from "./redact.ts"

const refusing =
  /^(?:ExpiredToken(?:Exception)?|UnrecognizedClientException|InvalidClientTokenId|InvalidIdentityToken(?:Exception)?|MissingAuthenticationToken(?:Exception)?|IncompleteSignature(?:Exception)?|SignatureDoesNotMatch|InvalidSignatureException|RequestExpired|RequestTimeTooSkewed|NotAuthorizedException)$/

/** Whether a service did not accept who calls. Every AWS service has these errors. */
export function refusesCredentials({ name }: Answer): boolean {
  return refusing.test(name)
}

/** Whether it did not because they were good once: others of the same mechanism may be. */
export function saysExpired({ name }: Answer): boolean {
  return /^(?:ExpiredToken(?:Exception)?|RequestExpired)$/.test(name)
}

/** Why a service did not accept who calls. */
export function refusedCredentials(service: string, { name, message }: Answer, caller: Caller): EnvsealError {
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

/** Why credentials could not be had, naming the mechanism, its role, and what it answered. */
export function credentialsError(thrown: unknown, caller: Caller, redactor: Redactor): EnvsealError {
  if (thrown instanceof EnvsealError) return thrown
  const answer = answerOf(thrown)
  const who = caller.role === null ? caller.name : `${caller.name} for ${caller.role}`
  const said = redactor.quote(answer.message)
  const error = (code: ErrorCode, what: string, hint: string) =>
    new EnvsealError(code, `no credentials from ${who}: ${what}`, { hint })
  if (answerMayPass(answer))
    return error(
      "REMOTE_FAILED",
      describeAnswer(answer),
      "try again; is it up, and can it be reached from here?",
    )
  if (answer.code === "ENOENT" || answer.code === "EACCES") {
    return error(
      "NO_CREDENTIALS",
      `its token file cannot be read (${answer.code})`,
      "the pod's security context needs fsGroup for a user that is not root; without the file, the webhook did not see the pod",
    )
  }
  if (refusesCredentials(answer))
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

function hintForCredentials(name: string, caller: Caller, said = ""): string {
  const [, profile] = /^profile (.+)$/.exec(caller.name) ?? []
  if (profile !== undefined) return hintForProfile(profile, said)
  if (/^ExpiredToken/.test(name)) return "they have expired: get new ones"
  if (/^InvalidIdentityToken/.test(name))
    return "the cluster's OIDC provider must be known to IAM, with sts.amazonaws.com as its audience"
  return "look at where they come from; another mechanism is not tried, so that it is certain who acts"
}

function hintForProfile(profile: string, said: string): string {
  // The portal of IAM Identity Center (SSO) answers the last two to a session that was ended elsewhere.
  if (/\bsso\b|Session token not found|UnauthorizedException/i.test(said))
    return `log in again: aws sso login --profile ${profile}`
  if (/\baws login\b/.test(said)) return `log in again: aws login --profile ${profile}`
  if (/multi-factor/.test(said))
    return "envseal asks for no code: get a session with one first, and put its credentials into the environment"
  return `see whether the AWS CLI can use it: aws sts get-caller-identity --profile ${profile}`
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
