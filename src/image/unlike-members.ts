import { isJsonObject, type JsonObject } from "../core/json-object.ts"

/**
 * The members in which two JSON objects differ, such as `config.Entrypoint`: names alone, since values may be secret.
 * Empty when both say the same.
 */
export function unlikeMembers(one: JsonObject, other: JsonObject, depth = 2): readonly string[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return names.flatMap((name) => {
    const [mine, theirs] = [one[name], other[name]]
    if (isJsonObject(mine) && isJsonObject(theirs) && depth > 1)
      return unlikeMembers(mine, theirs, depth - 1).map((inner) => `${name}.${inner}`)
    return JSON.stringify(mine) === JSON.stringify(theirs) ? [] : [name]
  })
}
