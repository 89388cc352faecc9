import { badRequest, methodNotAllowed, noSuchPath } from "./api-error.ts"
import { anonymous } from "./authentication.ts"
import { answerCreate, answerDelete, answerPatch, answerUpdate } from "./change.ts"
import { answerDiscovery, answerPublic } from "./discovery.ts"
import type { Answer, Call } from "./exchange.ts"
import { answerPodLog } from "./pod-log.ts"
import { forbidden, forbiddenPath, isAllowed } from "./rbac.ts"
import { answerGet, answerList, answerWatch } from "./reading.ts"
import type { Resource, Verb } from "./resources.ts"
import { answerReview } from "./review.ts"

/** Answers a request of somebody who is known, or refuses it. @throws ApiError */
export function answer(call: Call): Answer {
  const { info, request, identity } = call
  const open = answerPublic(request.path)
  if (open !== null) return open
  const isKnown = identity.name !== anonymous.name
  if (info.plural === "") {
    if (!isKnown) throw forbiddenPath(identity.name, info.verb, request.path)
    return (
      answerDiscovery(request.path) ?? {
        status: 404,
        contentType: "text/plain; charset=utf-8",
        body: "404 page not found\n",
      }
    )
  }
  const review = isKnown ? answerReview(call) : null
  if (review !== null) return review
  const { verb, group, plural, subresource, namespace, name, resource } = info
  // A namespace counts as being in itself.
  const scope = plural === "namespaces" ? name : namespace
  const attempt = { verb, group, resource: plural, subresource, namespace: scope, name }
  if (!isAllowed(call.grant, attempt)) throw forbidden(identity.name, attempt)
  if (resource === null) throw noSuchPath()
  checkParameters(request.query)
  if (subresource !== "") return answerSubresource(call)
  if (!(resource.verbs as readonly string[]).includes(verb)) throw methodNotAllowed()
  if ((verb === "create") !== (name === "") && !reads.includes(verb)) throw methodNotAllowed()
  return answers[verb as Verb](call, resource)
}

const answers: Readonly<Record<Verb, (call: Call, resource: Resource) => Answer>> = {
  get: answerGet,
  list: answerList,
  watch: answerWatch,
  create: answerCreate,
  update: answerUpdate,
  patch: answerPatch,
  delete: answerDelete,
}

const reads = ["get", "list", "watch"]

const parameters = [
  "watch",
  "limit",
  "continue",
  "resourceVersion",
  "resourceVersionMatch",
  "allowWatchBookmarks",
  "sendInitialEvents",
  "timeoutSeconds",
  "timeout",
  "labelSelector",
  "fieldSelector",
  "fieldManager",
  "fieldValidation",
  "dryRun",
  "propagationPolicy",
  "gracePeriodSeconds",
  "container",
  "previous",
  "tailLines",
  "limitBytes",
  "pretty",
]

// The API server ignores what it does not know. Here a misspelt parameter is seen.
function checkParameters(query: URLSearchParams): void {
  const other = [...query.keys()].find((name) => !parameters.includes(name))
  if (other !== undefined) throw badRequest(`this fake does not know the parameter ${other}`)
}

function answerSubresource(call: Call): Answer {
  const { plural, subresource, verb } = call.info
  if (plural !== "pods" || subresource !== "log") throw noSuchPath()
  if (verb !== "get") throw methodNotAllowed()
  return answerPodLog(call)
}
