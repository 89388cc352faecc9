import { NetworkFailure, ownCodes } from "./failure.ts"
import type { WatchedKind } from "./resource.ts"
import { failureOfEvent } from "./status.ts"

/** One event of a watch. */
export type WatchEvent =
  | { readonly type: "changed"; readonly object: WatchedKind }
  | { readonly type: "deleted"; readonly object: WatchedKind }
  /** Tells only how far the watch has come. */
  | { readonly type: "bookmark"; readonly resourceVersion: string }

/**
 * One line of a watch (`WatchEvent` of the API reference).
 *
 * @throws Failure for an `ERROR`, with its status, and for what cannot be read.
 */
export function parseWatchEvent(line: string): WatchEvent {
  const { type, object } = parsed(line)
  if (type === "ERROR") throw failureOfEvent(object)
  if (!isObject(object)) throw unreadable()
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return { type: "changed", object }
    case "DELETED":
      return { type: "deleted", object }
    case "BOOKMARK":
      return { type: "bookmark", resourceVersion: object.metadata.resourceVersion }
    default:
      throw unreadable()
  }
}

function parsed(line: string): { readonly type?: unknown; readonly object?: unknown } {
  try {
    return Object(JSON.parse(line))
  } catch {
    throw unreadable()
  }
}

/** Of a bookmark only the version is there. */
function isObject(object: unknown): object is WatchedKind {
  if (typeof object !== "object" || object === null || !("metadata" in object)) return false
  const { metadata } = object
  return (
    typeof metadata === "object" &&
    metadata !== null &&
    "resourceVersion" in metadata &&
    typeof metadata.resourceVersion === "string"
  )
}

function unreadable(): NetworkFailure {
  return new NetworkFailure("", { code: ownCodes.unreadable })
}
