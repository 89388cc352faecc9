import { badRequest, unsupportedMediaType } from "./api-error.ts"
import type { Json } from "./json-patch.ts"
import type { ApiRequest } from "./request.ts"
import type { PatchType } from "./writing.ts"

const patchTypes: Readonly<Record<string, PatchType>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
}

/** The object in a body. @throws ApiError 415 for another type than JSON, 400 for what is no object */
export function readJson(request: ApiRequest): Readonly<Record<string, unknown>> {
  if (mediaType(request) !== "application/json") throw unsupportedMediaType()
  const value = parse(request.body)
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("the object provided is unrecognized (must be of type object)")
  }
  return value as Readonly<Record<string, unknown>>
}

/** The patch in a body, by the type that it is said to have. @throws ApiError 415, or 400 for what is no JSON */
export function readPatch(request: ApiRequest): { readonly type: PatchType; readonly patch: Json } {
  const type = patchTypes[mediaType(request)]
  if (type === undefined) throw unsupportedMediaType()
  return { type, patch: parse(request.body) }
}

function parse(body: Buffer): Json {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as Json
  } catch {
    throw badRequest("couldn't get version/kind; json parse error: the body is no JSON")
  }
}

function mediaType({ headers }: ApiRequest): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
}
