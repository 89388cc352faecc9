import { isExpired, NetworkFailure, ownCodes } from "./failure.ts"
import type { Operation } from "./operation.ts"

const pageSize = 500
const maxPages = 1_000

export interface Listing<T> {
  readonly items: readonly T[]
  /** From where a watch goes on. */
  readonly resourceVersion: string
}

/** A page as the API server sends it. */
interface Page<T> {
  readonly items?: readonly T[] | null
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
}

/**
 * Lists everything, page by page. Where the server has forgotten in between where it was, it is asked for all at
 * once, as client-go does.
 *
 * @param get sends one request. @throws Failure.
 */
export async function listAll<T>(
  operation: Operation,
  get: (operation: Operation) => Promise<Page<T>>,
): Promise<Listing<T>> {
  try {
    return await listPages(operation, get)
  } catch (error) {
    if (!(error instanceof NetworkFailure) || !isExpired(error)) throw error
    return listingOf(await get(operation))
  }
}

async function listPages<T>(
  operation: Operation,
  get: (operation: Operation) => Promise<Page<T>>,
): Promise<Listing<T>> {
  const items: T[] = []
  let next = ""
  for (let pages = 0; pages < maxPages; pages += 1) {
    const query = { ...operation.query, limit: pageSize, ...(next === "" ? {} : { continue: next }) }
    const page = await get({ ...operation, query })
    const listing = listingOf(page)
    items.push(...listing.items)
    next = page.metadata?.continue ?? ""
    if (next === "") return { items, resourceVersion: listing.resourceVersion }
  }
  throw new NetworkFailure("", { code: ownCodes.tooLarge })
}

function listingOf<T>({ items, metadata }: Page<T>): Listing<T> {
  const resourceVersion = metadata?.resourceVersion
  // An empty list of Go's is null; a page without a version is no list at all.
  if (resourceVersion === undefined || (items != null && !Array.isArray(items)))
    throw new NetworkFailure("", { code: ownCodes.unreadable })
  return { items: items ?? [], resourceVersion }
}
