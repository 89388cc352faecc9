import type { SignedRequest } from "./canonical-request.ts"
import { answerContainer, containerFault, containerPath } from "./container.ts"
import { clustersPath, describeCluster } from "./eks.ts"
import { addonRoute } from "./eks-addon.ts"
import type { Answer, Call, LoggedRequest } from "./exchange.ts"
import type { Fault } from "./fault.ts"
import { answerIam, iamVersion } from "./iam.ts"
import { answerImds, imdsFault, imdsOperation } from "./imds.ts"
import { answerJson, jsonFault, readTarget, unknownOperation } from "./json-service.ts"
import { answerLayer, layerFault, layerPath } from "./layer-url.ts"
import { plainFault } from "./plain.ts"
import { associationRoute } from "./pod-association.ts"
import { answerPodIdentity, podIdentityPath } from "./pod-identity.ts"
import { readAction, readVersion } from "./query.ts"
import { restFault } from "./rest.ts"
import { answerSts } from "./sts.ts"
import { answerTokenReview, tokenReviewFault, tokenReviewPath } from "./token-review.ts"
import { xmlFault } from "./xml.ts"

/** Who answers a request, and in which form it refuses. */
export interface Route {
  readonly service: LoggedRequest["service"]
  readonly operation: string
  readonly answer: (call: Call) => Answer
  readonly refuse: (fault: Fault) => Answer
}

/** Finds the service of a request. What no service has is a route too, and refuses. */
export function routeOf(request: SignedRequest): Route {
  const { headers, path, method, body } = request
  const target = headers["x-amz-target"]
  if (target !== undefined) return jsonRoute(target)
  if (path === podIdentityPath && method === "GET") {
    const answer = answerPodIdentity
    return { service: "agent", operation: "GetCredentials", answer, refuse: plainFault }
  }
  if (path.startsWith(containerPath) && method === "GET") {
    const answer = answerContainer
    return { service: "agent", operation: "GetContainerCredentials", answer, refuse: containerFault }
  }
  if (path.startsWith(layerPath) && method === "GET") {
    return { service: "s3", operation: "GetObject", answer: answerLayer, refuse: layerFault }
  }
  const association = associationRoute(method, path) ?? addonRoute(method, path)
  if (association !== null) return { service: "eks", ...association, refuse: restFault }
  if (path.startsWith(clustersPath) && method === "GET") {
    return { service: "eks", operation: "DescribeCluster", answer: describeCluster, refuse: restFault }
  }
  if (path.startsWith(tokenReviewPath) && method === "POST") {
    return { service: "eks", operation: "TokenReview", answer: answerTokenReview, refuse: tokenReviewFault }
  }
  const operation = imdsOperation(path)
  if (operation !== null) {
    return { service: "imds", operation, answer: (call) => answerImds(call, operation), refuse: imdsFault }
  }
  if (/^application\/x-www-form-urlencoded(;|$)/.test(headers["content-type"] ?? "")) return queryRoute(body)
  return unknownRoute(`${method} ${path}`)
}

function jsonRoute(header: string): Route {
  const target = readTarget(header)
  if (target === null) return unknownRoute(header)
  const { service, operation } = target
  return {
    ...target,
    answer: (call) => answerJson(call, service, operation),
    refuse: (fault) => jsonFault(service, fault),
  }
}

function queryRoute(body: Uint8Array): Route {
  const operation = readAction(body)
  const service = readVersion(body) === iamVersion ? "iam" : "sts"
  const answer = (call: Call) => (service === "iam" ? answerIam(call, operation) : answerSts(call, operation))
  return { service, operation, answer, refuse: (fault) => xmlFault(fault, service) }
}

function unknownRoute(operation: string): Route {
  const answer = () => {
    throw unknownOperation()
  }
  return { service: "unknown", operation, answer, refuse: (fault) => jsonFault("unknown", fault) }
}
