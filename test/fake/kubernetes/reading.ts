import { ApiError, badRequest, expired, notFound } from "./api-error.ts"
import { type Answer, type Call, json } from "./exchange.ts"
import type { Stored } from "./object.ts"
import { apiVersionOf, type Resource } from "./resources.ts"
import { fieldSelector, labelSelector, type Selector } from "./selector.ts"

interface Page {
  readonly revision: number
  /** Namespace and name of the last one that was given. */
  readonly after: string
}

/** GET of one object. @throws ApiError 404 */
export function answerGet({ cluster, info }: Call, resource: Resource): Answer {
  const { namespace, name } = info
  const object = cluster.store.get({ resource: resource.plural, namespace, name })
  if (object === null) throw notFound({ ...resource, name })
  return json(object)
}

/** GET of a collection, in pages when it has a `limit`, all of one moment. @throws ApiError 400, or 410 */
export function answerList({ cluster, info, request }: Call, resource: Resource): Answer {
  const { store } = cluster
  const { query } = request
  const page = readPage(query.get("continue"))
  const revision = page?.revision ?? store.revision
  const namespace = info.namespace === "" ? undefined : info.namespace
  const selects = selectorOf(query)
  const rest = listAt(() => store.listAt(revision, resource.plural, namespace))
    .filter(selects)
    .filter((object) => page === null || keyOf(object) > page.after)
  const limit = numberOf(query, "limit") ?? 0
  const items = limit > 0 ? rest.slice(0, limit) : rest
  const last = items.at(-1)
  const more = items.length < rest.length && last !== undefined
  return json({
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(revision),
      ...(more ? { continue: writePage({ revision, after: keyOf(last) }) } : {}),
      ...(more && !isSelected(query) ? { remainingItemCount: rest.length - items.length } : {}),
    },
    // What is in a list does not say what it is: the list does.
    items: items.map(({ kind, apiVersion, ...object }) => object),
  })
}

/** A watch. A revision that is forgotten is told in its stream, as the API server does. @throws ApiError 400 */
export function answerWatch({ hub, info, request }: Call, resource: Resource): Answer {
  const { query } = request
  if (query.has("sendInitialEvents")) {
    throw new ApiError(
      422,
      "Invalid",
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: ' +
        "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled",
      { group: "meta.k8s.io", kind: "ListOptions" },
    )
  }
  const since = numberOf(query, "resourceVersion")
  const timeoutSeconds = numberOf(query, "timeoutSeconds")
  const watch = {
    resource,
    namespace: info.namespace === "" ? null : info.namespace,
    selects: selectorOf(query),
    since: since === 0 ? null : since,
    bookmarks: query.get("allowWatchBookmarks") === "true",
    timeoutMs: timeoutSeconds === null ? null : timeoutSeconds * 1000,
  }
  return { stream: (response) => hub.serve(watch, response) }
}

function selectorOf(query: URLSearchParams): Selector {
  const byLabel = labelSelector(query.get("labelSelector"))
  const byField = fieldSelector(query.get("fieldSelector"))
  return (object) => byLabel(object) && byField(object)
}

function isSelected(query: URLSearchParams): boolean {
  return Boolean(query.get("labelSelector")) || Boolean(query.get("fieldSelector"))
}

function listAt<T>(list: () => readonly T[]): readonly T[] {
  try {
    return list()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw expired("The provided continue parameter is too old to display a consistent list result.")
  }
}

/** @throws ApiError 400 for a parameter that is no number. */
function numberOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name)
  if (text === null || text === "") return null
  if (!/^\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

function readPage(token: string | null): Page | null {
  if (token === null || token === "") return null
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString()) as Page
  } catch {
    throw badRequest("continue key is not valid")
  }
}

function writePage(page: Page): string {
  return Buffer.from(JSON.stringify(page)).toString("base64url")
}

function keyOf({ metadata }: Stored): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`
}
