/** A JSON object whose members may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>

/** @returns `null` for what is no JSON, or no object. */
export function jsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""))
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A member that is an object; an empty one when it is none. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name]
  return isJsonObject(value) ? value : {}
}

/** A member that is text; `null` when it is none. */
export function textIn(object: JsonObject, name: string): string | null {
  const value = object[name]
  return typeof value === "string" ? value : null
}
