import { isDeepStrictEqual } from "node:util"
import { badRequest, patchFailed } from "./api-error.ts"

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

type Step =
  | { readonly op: "test" | "add" | "replace"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string }

type Parent = Json[] | { [name: string]: Json }

/**
 * Applies a JSON patch (RFC 6902; without `move` and `copy`) as the API server does: a member that is not there
 * passes a `test` for null, and whatever does not apply is refused by one and the same answer.
 *
 * @throws ApiError 400 for what is no patch, 422 for one that does not apply.
 */
export function applyJsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) {
    const type = patch === null || typeof patch !== "object" ? typeof patch : "object"
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${type} into Go value of type []handlers.jsonPatchOp`,
    )
  }
  const root: { [name: string]: Json } = { document: structuredClone(document) }
  for (const step of patch.map(readStep)) applyStep(root, step)
  return root["document"] ?? null
}

function readStep(value: Json): Step {
  const { op, path, ...rest } = asObject(value)
  if (typeof path !== "string" || (path !== "" && !path.startsWith("/"))) throw patchFailed()
  if (op === "remove") return { op, path }
  if ((op !== "test" && op !== "add" && op !== "replace") || !("value" in rest)) throw patchFailed()
  return { op, path, value: rest["value"] ?? null }
}

function applyStep(root: { [name: string]: Json }, step: Step): void {
  const keys = ["document", ...step.path.split("/").slice(1).map(unescapeKey)]
  const key = keys.pop() ?? ""
  const parent = keys.reduce<Json | undefined>(childOf, root)
  if (typeof parent !== "object" || parent === null) throw patchFailed()
  applyTo(parent as Parent, key, step)
}

function applyTo(parent: Parent, key: string, step: Step): void {
  const exists = Array.isArray(parent) ? indexOf(parent, key) !== null : Object.hasOwn(parent, key)
  if (step.op === "test") {
    if (!exists && Array.isArray(parent)) throw patchFailed()
    if (!isDeepStrictEqual(childOf(parent, key) ?? null, step.value)) throw patchFailed()
  } else if (step.op === "add") addTo(parent, key, step.value)
  else if (!exists) throw patchFailed()
  else if (step.op === "replace") setIn(parent, key, step.value)
  else if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
}

function addTo(parent: Parent, key: string, value: Json): void {
  if (!Array.isArray(parent)) {
    setIn(parent, key, value)
    return
  }
  const index = key === "-" || key === String(parent.length) ? parent.length : indexOf(parent, key)
  if (index === null) throw patchFailed()
  parent.splice(index, 0, value)
}

function setIn(parent: Parent, key: string, value: Json): void {
  if (Array.isArray(parent)) parent[Number(key)] = value
  else parent[key] = value
}

function childOf(parent: Json | undefined, key: string): Json | undefined {
  if (typeof parent !== "object" || parent === null) return undefined
  if (!Array.isArray(parent))
    return Object.hasOwn(parent, key) ? (parent as Record<string, Json>)[key] : undefined
  const index = indexOf(parent, key)
  return index === null ? undefined : parent[index]
}

function indexOf(list: readonly Json[], key: string): number | null {
  return /^(0|[1-9]\d*)$/.test(key) && Number(key) < list.length ? Number(key) : null
}

function unescapeKey(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~")
}

function asObject(value: Json): { readonly [name: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw patchFailed()
  return value as { readonly [name: string]: Json }
}
