import { readJson, readPatch } from "./body.ts"
import { type Answer, type Call, json } from "./exchange.ts"
import { orphanDependents } from "./garbage-collector.ts"
import type { Stored } from "./object.ts"
import type { Pod } from "./pod.ts"
import type { Resource } from "./resources.ts"
import { placeOf } from "./store.ts"
import {
  createObject,
  deletable,
  type Preconditions,
  patchObject,
  type Target,
  updateObject,
} from "./writing.ts"

interface DeleteOptions {
  readonly preconditions?: Preconditions
  readonly propagationPolicy?: string
  readonly gracePeriodSeconds?: number
}

/** POST. @throws ApiError */
export function answerCreate(call: Call, resource: Resource): Answer {
  return json(createObject(call.cluster.store, targetOf(call, resource), readJson(call.request)), 201)
}

/** PUT. @throws ApiError */
export function answerUpdate(call: Call, resource: Resource): Answer {
  const { store } = call.cluster
  const target = targetOf(call, resource)
  const existed = store.get({ ...target, resource: resource.plural }) !== null
  return json(updateObject(store, target, readJson(call.request)), existed ? 200 : 201)
}

/** PATCH. @throws ApiError */
export function answerPatch(call: Call, resource: Resource): Answer {
  const { type, patch } = readPatch(call.request)
  return json(patchObject(call.cluster.store, targetOf(call, resource), type, patch))
}

/** DELETE of one object. A pod is stopped first. @throws ApiError */
export function answerDelete(call: Call, resource: Resource): Answer {
  const { cluster, request } = call
  const { store } = cluster
  const options: DeleteOptions = request.body.length === 0 ? {} : readJson(request)
  const target = targetOf(call, resource)
  const object = deletable(store, target, options.preconditions ?? {})
  const grace = options.gracePeriodSeconds ?? request.query.get("gracePeriodSeconds")
  if (target.dryRun) return json(deleted(resource, object))
  if (resource.plural === "pods" && Number(grace ?? 1) > 0) {
    cluster.pods.delete(object as Pod)
    return json(store.get(placeOf("pods", object)) ?? object)
  }
  if (policyOf(call, resource, options) === "Orphan") orphanDependents(store, object)
  store.remove(placeOf(resource.plural, object))
  return json(deleted(resource, object))
}

// Jobs of batch/v1 leave their pods behind unless the request says otherwise (job strategy).
function policyOf({ request }: Call, { plural }: Resource, options: DeleteOptions): string {
  const said = options.propagationPolicy ?? request.query.get("propagationPolicy")
  return said ?? (plural === "jobs" ? "Orphan" : "Background")
}

function targetOf({ info, request, cluster }: Call, resource: Resource): Target {
  const { namespace, name } = info
  const { webhooks } = cluster.knobs
  return { resource, namespace, name, webhooks, dryRun: request.query.get("dryRun") === "All" }
}

function deleted({ group, plural }: Resource, { metadata }: Stored): unknown {
  const details = { name: metadata.name, ...(group === "" ? {} : { group }), kind: plural, uid: metadata.uid }
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details }
}
