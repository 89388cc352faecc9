import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { ClusterAccess, Right } from "../../ports/cluster.ts"
import { describeFailure, failureMayPass, isCertificateFault, type NetworkFailure } from "./failure.ts"
import { operationText } from "./operation.ts"

const maxQuoteLength = 400

/** What the server wrote, for a message. */
export function quoted({ message }: NetworkFailure): string {
  return printable(message.replace(/\s+/g, " ").trim(), maxQuoteLength)
}

/** Why a request to the API server failed, in our words. */
export function serverError(failure: NetworkFailure, right: Right, access: ClusterAccess): EnvsealError {
  const who = `the API server of ${printable(access.name)} (${printable(access.server, 200)})`
  if (failure.status === 401) return refused(failure, who)
  if (isDenied(failure)) return denied(failure, right, who)
  if (isCertificateFault(failure.code)) return untrusted(failure, who)
  return new EnvsealError(
    "REMOTE_FAILED",
    failure.status === null
      ? `no answer from ${who} to ${operationText(right)}: ${describeFailure(failure)}`
      : `${who} did not do ${operationText(right)}: ${withWords(failure)}`,
    { cause: failure, hint: hintForUnexpected(failure) },
  )
}

/** Whether the user lacks a right, as RBAC words it: quota and admission answer 403 as well. */
export function isDenied({ status, reason, message }: NetworkFailure): boolean {
  return status === 403 && reason === "Forbidden" && /\bcannot \w+ resource\b/.test(message)
}

/** Whether the server refused the change itself, and not the request or the user: admission, quota, validation. */
export function isRefusal(failure: NetworkFailure): boolean {
  const { status, reason, message } = failure
  return (
    status !== null &&
    status >= 400 &&
    status < 500 &&
    // A webhook need not give a reason. What is no Status has no message.
    (reason !== null || message !== "") &&
    status !== 401 &&
    !isDenied(failure) &&
    !failureMayPass(failure)
  )
}

/**
 * Whether a JSON patch could not be applied, as it is when a `test` of it does not hold. The server gives the patch
 * library's words to nobody, and answers the same to a path that leads nowhere and to an unknown operation
 * (apiserver pkg/endpoints/handlers/patch.go, NewGenericServerResponse; test/real/refusals.real.ts). What tells it
 * from an object that is not valid, or not wanted by a policy, is that it names no object and no field; a webhook
 * may answer 422 without them, in its own words.
 */
export function isUnmatchedPatch({ status, detailed, message }: NetworkFailure): boolean {
  return status === 409 || (status === 422 && !detailed && !/\bdenied the request\b/.test(message))
}

/** A change that the server does not take. */
export function refusedChange(failure: NetworkFailure, what: string): EnvsealError {
  return new EnvsealError("PATCH_REFUSED", `the cluster does not take ${what}: ${withWords(failure)}`, {
    cause: failure,
    hint: "look at what rules there are: quotas, admission webhooks and policies of the namespace",
  })
}

/** A patch whose tests do not hold. */
export function patchConflict(what: string): EnvsealError {
  return new EnvsealError("PATCH_CONFLICT", `${what} is no longer as it was read: somebody else changed it`, {
    hint: "see who did, and deploy again: kubectl get events, and the managedFields of the object",
  })
}

function withWords(failure: NetworkFailure): string {
  const said = quoted(failure)
  return said === "" ? describeFailure(failure) : said
}

function refused(failure: NetworkFailure, who: string): EnvsealError {
  return new EnvsealError("CREDENTIALS_REFUSED", `${who} refused the credentials`, {
    cause: failure,
    hint: "log in again, and see who you are to it: kubectl auth whoami",
  })
}

function denied(failure: NetworkFailure, right: Right, who: string): EnvsealError {
  return new EnvsealError("ACCESS_DENIED", `${who} denied ${operationText(right)}: ${quoted(failure)}`, {
    cause: failure,
    hint: `${nameDoubt(right)}the Role needs the rule ${JSON.stringify(ruleFor(right))}`,
  })
}

/** A Role that names its workloads refuses a misspelt one, as it refuses one that is not in it. */
function nameDoubt({ name, group, verb }: Right): string {
  const isWorkload = name !== null && verb === "get" && (group === "apps" || group === "batch")
  return isWorkload ? `is the name ${printable(name ?? "")} right? If it is, ` : ""
}

/** The rule of a Role that gives a right. A name does not limit creating, listing and watching (RBAC). */
function ruleFor({ verb, group, resource, name }: Right): Record<string, readonly string[]> {
  const named = name !== null && !["create", "list", "watch"].includes(verb)
  return {
    apiGroups: [group],
    resources: [resource],
    ...(named ? { resourceNames: [name] } : {}),
    verbs: [verb],
  }
}

function untrusted(failure: NetworkFailure, who: string): EnvsealError {
  const hint =
    failure.code === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? "look at server and tls-server-name of the cluster in the kubeconfig"
      : "look at certificate-authority of the cluster, and client-certificate and client-key of the user"
  return new EnvsealError("REMOTE_FAILED", `no connection to ${who}: ${describeFailure(failure)}`, {
    cause: failure,
    hint,
  })
}

function hintForUnexpected(failure: NetworkFailure): string {
  if (failure.status === null)
    return "is it up, and can it be reached from here (VPN, proxy)? kubectl cluster-info"
  if (failureMayPass(failure)) return "try again: the server is overloaded, or starting"
  return "look at what answers there: a proxy, a load balancer, or a cluster of another version"
}
