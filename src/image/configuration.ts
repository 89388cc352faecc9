import type { EnvsealError } from "../core/error.ts"
import { isJsonObject, type JsonObject, jsonObject, objectIn, textIn } from "../core/json-object.ts"
import { printable } from "../core/text.ts"
import { ambiguity } from "./ambiguity.ts"
import { isDigest } from "./descriptor.ts"
import { malformedImage } from "./malformed.ts"

/** What an image is run with, and what its layers are unpacked. Variables in it may be secret: it is not printed. */
export interface Configuration {
  /** The digest of each layer's tar, the base image first. */
  readonly diffIds: readonly string[]
  /** One for each instruction; empty when the image tells no history. */
  readonly history: readonly JsonObject[]
  readonly labels: Readonly<Record<string, string>>
  /** `/` when the image says none. */
  readonly workingDir: string
  /** All of it, as it is written. */
  readonly json: JsonObject
}

/**
 * @param name what the image is called in messages.
 * @throws EnvsealError `IMAGE_MALFORMED` for what is no configuration of an image.
 */
export function readConfiguration(text: string, name: string): Configuration {
  const json = jsonObject(text)
  const diffIds = json === null ? null : objectIn(json, "rootfs")["diff_ids"]
  if (json === null || !isDigests(diffIds)) throw malformed(name, "names no layers")
  const doubt = ambiguity(text, json)
  if (doubt !== null) throw malformed(name, doubt)
  const run = objectIn(json, "config")
  const history = json["history"]
  return {
    diffIds,
    history: Array.isArray(history) ? history.filter(isJsonObject) : [],
    labels: textsIn(objectIn(run, "Labels")),
    workingDir: textIn(run, "WorkingDir") || "/",
    json,
  }
}

function malformed(name: string, what: string): EnvsealError {
  return malformedImage(`the configuration of the image ${printable(name, 200)} cannot be read: it ${what}`)
}

/** Whether a step of the history made no layer. */
export function isEmptyStep(step: JsonObject): boolean {
  return step["empty_layer"] === true
}

function isDigests(json: unknown): json is string[] {
  return Array.isArray(json) && json.every((one) => typeof one === "string" && isDigest(one))
}

function textsIn(object: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  )
}
