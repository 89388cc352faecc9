import type { Json } from "./json-patch.ts"

type JsonObject = { readonly [name: string]: Json }

/** Applies a JSON merge patch (RFC 7386): lists are replaced whole. */
export function applyMergePatch(document: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  return mergeMembers(document, patch, (_, old, value) => applyMergePatch(old, value))
}

/**
 * Applies a strategic merge patch, as far as `kubectl set image` needs it: lists of containers are merged by the
 * containers' names, and one of a new name is added; other lists are replaced. Directives about order are ignored.
 */
export function applyStrategicPatch(document: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const plain = Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith("$")))
  return mergeMembers(document, plain, (name, old, value) => {
    if (containerLists.includes(name) && Array.isArray(value))
      return mergeByName(Array.isArray(old) ? old : [], value)
    return applyStrategicPatch(old, value)
  })
}

const containerLists: readonly string[] = ["containers", "initContainers"]

function mergeMembers(
  document: Json,
  patch: JsonObject,
  merge: (name: string, old: Json, value: Json) => Json,
): JsonObject {
  const result: { [name: string]: Json } = isObject(document) ? { ...document } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = merge(name, result[name] ?? null, value)
  }
  return result
}

function mergeByName(list: readonly Json[], patches: readonly Json[]): readonly Json[] {
  const result = [...list]
  for (const patch of patches) {
    const index = result.findIndex((item) => nameOf(item) === nameOf(patch))
    if (index === -1) result.unshift(patch)
    else result[index] = applyStrategicPatch(result[index] ?? null, patch)
  }
  return result
}

function nameOf(value: Json): Json | undefined {
  return isObject(value) ? value["name"] : undefined
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
