import { isDeepStrictEqual } from "node:util"
import { badRequest, conflict, invalid, modified, notFound, patchFailed, type Subject } from "./api-error.ts"
import { withDefaults } from "./default-values.ts"
import { asChanged, asNew } from "./initial.ts"
import { applyJsonPatch, type Json } from "./json-patch.ts"
import type { Kinds, ResourceName } from "./kinds.ts"
import { applyMergePatch, applyStrategicPatch } from "./merge-patch.ts"
import type { Draft, Meta, Stored } from "./object.ts"
import { apiVersionOf, type Resource } from "./resources.ts"
import type { Place, Store } from "./store.ts"
import { checkTypes, validate } from "./validation.ts"
import { admit, type Webhook } from "./webhook.ts"

type Loose = Readonly<Record<string, unknown>>

/** An object of a resource that is meant, and whether it is only tried (`dryRun=All`). */
export interface Target {
  /** Who is asked before it is stored; without it, nobody. */
  readonly webhooks?: readonly Webhook[]
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly dryRun: boolean
}

export type PatchType = "json" | "merge" | "strategic"

/** What the deletion of an object depends on. */
export interface Preconditions {
  readonly uid?: string
  readonly resourceVersion?: string
}

const patchers = { json: applyJsonPatch, merge: applyMergePatch, strategic: applyStrategicPatch } as const
const systemFields = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"]

/** Creates the object that a body describes; its name is that of the body. @throws ApiError */
export function createObject(store: Store, target: Target, body: Loose): Stored {
  const { resource, namespace, dryRun } = target
  const metadata = metadataOf(resource, namespace, body)
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== "") {
    throw badRequest("resourceVersion should not be set on objects to be created")
  }
  checkNamespace(store, resource, namespace)
  const { status: _, ...content } = body
  const name = String(metadata.name ?? "")
  const kept = { ...without(metadata, systemFields), name, namespace, ...firstGeneration(resource) }
  const written = withDefaults(resource.plural, { ...content, ...typeOf(resource) })
  const filled = admit(target.webhooks ?? [], { resource: resource.plural, name, dryRun }, written)
  validate(resource, name, filled, null)
  const object = asNew(resource.plural, filled, kept)
  if (dryRun) return object as unknown as Stored
  return store.create(resource.plural, object as unknown as Draft<Kinds[ResourceName]>)
}

/** Puts what a body describes in the place of an object. @throws ApiError 404, 409 or 422 */
export function updateObject(store: Store, target: Target, body: Loose): Stored {
  const { resource } = target
  const metadata = metadataOf(resource, target.namespace, body)
  if (metadata.name !== target.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`,
    )
  }
  const before = store.get(placeOf(target))
  if (before === null) return createByUpdate(store, target, body, metadata)
  checkVersion(target, metadata, before)
  return commit(store, target, before, { ...body, status: statusOf(before) })
}

/** Changes an object by a patch. One that changes nothing leaves the resource version as it is. @throws ApiError */
export function patchObject(store: Store, target: Target, type: PatchType, patch: Json): Stored {
  const { resource } = target
  const before = store.get(placeOf(target))
  if (before === null) throw notFound(subjectOf(target))
  const patched = patchers[type](before as unknown as Json, patch)
  if (typeof patched !== "object" || patched === null || Array.isArray(patched)) throw patchFailed()
  const object = patched as Loose
  checkTypes(resource.plural, object)
  const metadata = (object["metadata"] ?? {}) as Partial<Meta>
  if (metadata.resourceVersion !== before.metadata.resourceVersion) throw modified(subjectOf(target))
  if (metadata.uid !== before.metadata.uid) throw uidConflict(target, metadata.uid ?? "", before.metadata.uid)
  return commit(store, target, before, { ...object, status: statusOf(before) })
}

/** The object that is to be deleted. @throws ApiError 404, or 409 when it is not the one that is meant. */
export function deletable(store: Store, target: Target, wanted: Preconditions): Stored {
  const object = store.get(placeOf(target))
  if (object === null) throw notFound(subjectOf(target))
  // Here, and only here, the server names the kind in the place of the resource.
  const subject = { ...subjectOf(target), plural: target.resource.kind }
  const { uid, resourceVersion } = object.metadata
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    throw conflict(
      subject,
      `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). ` +
        "The object might have been deleted and then recreated",
    )
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    throw conflict(
      subject,
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion ` +
        `in record (${resourceVersion}). The object might have been modified`,
    )
  }
  return object
}

export function placeOf({ resource, namespace, name }: Target): Place {
  return { resource: resource.plural, namespace, name }
}

function subjectOf({ resource, name }: Target): Subject {
  const { group, plural, kind } = resource
  return { group, plural, kind, name }
}

function commit(store: Store, target: Target, before: Stored, changed: Loose): Stored {
  const { resource, name, dryRun, webhooks = [] } = target
  const written = withDefaults(resource.plural, changed)
  const filled = admit(webhooks, { resource: resource.plural, name, dryRun }, written)
  validate(resource, name, filled, before as unknown as Loose)
  const { uid, creationTimestamp, resourceVersion, name: own, namespace, managedFields } = before.metadata
  const kept = without((changed["metadata"] ?? {}) as Partial<Meta>, systemFields)
  const generation = generationOf(resource, before, filled)
  const metadata = asChanged(resource.plural, before as unknown as Loose, filled, {
    ...kept,
    name: own,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion,
    creationTimestamp,
    ...(generation === undefined ? {} : { generation }),
    ...(managedFields === undefined ? {} : { managedFields }),
  })
  const { status, ...content } = filled
  const object = {
    ...content,
    ...typeOf(resource),
    metadata,
    ...(status === undefined ? {} : { status }),
  } as Stored
  return dryRun ? object : store.replace(resource.plural, object as Kinds[ResourceName])
}

// A Deployment's annotations count too, because they are copied to its ReplicaSets.
function generationOf({ plural }: Resource, before: Stored, after: Loose): number | undefined {
  const { generation } = before.metadata
  if (generation === undefined) return undefined
  const old = before as unknown as Loose
  const { annotations } = after["metadata"] as Partial<Meta>
  const same =
    isDeepStrictEqual(old["spec"], after["spec"]) &&
    (plural !== "deployments" || isDeepStrictEqual(before.metadata.annotations, annotations))
  return same ? generation : generation + 1
}

function firstGeneration({ plural }: Resource): { readonly generation?: number } {
  return plural === "leases" || plural === "serviceaccounts" ? {} : { generation: 1 }
}

// A Lease is created by a PUT too, except by one that says which Lease it means.
function createByUpdate(store: Store, target: Target, body: Loose, metadata: Partial<Meta>): Stored {
  if (target.resource.plural !== "leases") throw notFound(subjectOf(target))
  if (metadata.uid) throw uidConflict(target, metadata.uid, "")
  const { resourceVersion: _, ...rest } = metadata
  return createObject(store, target, { ...body, metadata: rest })
}

function checkVersion(target: Target, metadata: Partial<Meta>, before: Stored): void {
  const { resourceVersion, uid } = metadata
  if (uid && uid !== before.metadata.uid) throw uidConflict(target, uid, before.metadata.uid)
  if (resourceVersion) {
    if (resourceVersion !== before.metadata.resourceVersion) throw modified(subjectOf(target))
  } else if (!target.resource.unconditionalUpdate) {
    const { group, plural } = target.resource
    throw invalid({ group, plural, kind: plural, name: target.name }, [
      {
        type: "FieldValueInvalid",
        field: "metadata.resourceVersion",
        message: "Invalid value: 0: must be specified for an update",
      },
    ])
  }
}

function uidConflict(target: Target, wanted: string, found: string) {
  return conflict(
    subjectOf(target),
    `StorageError: invalid object, Code: 4, Key: /registry/${target.resource.plural}/${target.namespace}/${target.name}, ` +
      `ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`,
  )
}

function metadataOf(resource: Resource, namespace: string, body: Loose): Partial<Meta> {
  const expected = typeOf(resource)
  if (body["kind"] !== undefined && body["kind"] !== expected.kind) {
    throw badRequest(
      `${body["kind"]} in version "${body["apiVersion"]}" cannot be handled as a ${expected.kind}`,
    )
  }
  if (body["apiVersion"] !== undefined && body["apiVersion"] !== expected.apiVersion) {
    throw badRequest(
      `the API version in the data (${body["apiVersion"]}) does not match the expected API version (${expected.apiVersion})`,
    )
  }
  const metadata = (body["metadata"] ?? {}) as Partial<Meta>
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  }
  return metadata
}

function checkNamespace(store: Store, { namespaced }: Resource, name: string): void {
  if (!namespaced || store.get({ resource: "namespaces", namespace: "", name }) !== null) return
  throw notFound({ group: "", plural: "namespaces", kind: "Namespace", name })
}

function typeOf(resource: Resource): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind }
}

function statusOf(object: Stored): unknown {
  return (object as unknown as Loose)["status"]
}

function without<T extends object>(object: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) as Partial<T>
}
