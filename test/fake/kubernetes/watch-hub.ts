import type { ServerResponse } from "node:http"
import { ApiError } from "./api-error.ts"
import type { Clock } from "./clock.ts"
import type { Stored } from "./object.ts"
import { apiVersionOf, type Resource } from "./resources.ts"
import type { Selector } from "./selector.ts"
import type { Change, Store } from "./store.ts"

/** What somebody watches. */
export interface WatchRequest {
  readonly resource: Resource
  /** `null` for all namespaces. */
  readonly namespace: string | null
  readonly selects: Selector
  /** Changes after this one are sent; `null` for all that is there as additions, and then the changes. */
  readonly since: number | null
  readonly bookmarks: boolean
  /** After that many milliseconds the server ends it; `null` for never. */
  readonly timeoutMs: number | null
}

/** How the server leaves open watches: ended as it should be, cut off, or silent. */
export type Parting = "end" | "reset" | "stall"

interface Open {
  readonly response: ServerResponse
  readonly close: () => void
}

/** The watches that are open. */
export class WatchHub {
  readonly #store: Store
  readonly #clock: Clock
  readonly #bookmarkMs: number
  readonly #open = new Set<Open>()

  constructor(store: Store, clock: Clock, bookmarkMs: number) {
    this.#store = store
    this.#clock = clock
    this.#bookmarkMs = bookmarkMs
  }

  /** How many there are, those that were made silent not counted. */
  get count(): number {
    return this.#open.size
  }

  /** Serves a watch until the client leaves, its time is over, or it is dropped. */
  serve(watch: WatchRequest, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" })
    response.flushHeaders()
    const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`)
    try {
      for (const change of this.#backlog(watch)) sendChange(watch, change, send)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      send("ERROR", error.status)
      response.end()
      return
    }
    this.#follow(watch, response, send)
  }

  /** Parts with all open watches. */
  drop(how: Parting): void {
    for (const { response, close } of [...this.#open]) {
      close()
      if (how === "end") response.end()
      if (how === "reset") response.socket?.destroy()
    }
  }

  #backlog({ resource, namespace, since }: WatchRequest): readonly Change[] {
    if (since !== null) return this.#store.since(since)
    return this.#store.list(resource.plural, namespace ?? undefined).map((object) => ({
      type: "ADDED",
      resource: resource.plural,
      revision: 0,
      object,
      before: null,
    }))
  }

  #follow(watch: WatchRequest, response: ServerResponse, send: Send): void {
    const from = watch.since ?? 0
    const stops = [
      this.#store.subscribe((change) => {
        if (change.revision > from) sendChange(watch, change, send)
      }),
    ]
    if (watch.bookmarks) stops.push(this.#repeat(() => send("BOOKMARK", this.#bookmark(watch))))
    if (watch.timeoutMs !== null) stops.push(this.#clock.after(watch.timeoutMs, () => response.end()))
    const open: Open = {
      response,
      close: () => {
        for (const stop of stops) stop()
        this.#open.delete(open)
      },
    }
    this.#open.add(open)
    response.once("close", open.close)
  }

  #repeat(work: () => void): () => void {
    const again = (): (() => void) =>
      this.#clock.after(this.#bookmarkMs, () => {
        work()
        cancel = again()
      })
    let cancel = again()
    return () => cancel()
  }

  #bookmark({ resource }: WatchRequest): unknown {
    return {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(this.#store.revision), creationTimestamp: null },
    }
  }
}

type Send = (type: string, object: unknown) => void

// What comes into the selection is added, and what leaves it is deleted, whatever happened to the object.
function sendChange(watch: WatchRequest, change: Change, send: Send): void {
  if (change.resource !== watch.resource.plural) return
  const selects = (object: Stored) =>
    (watch.namespace === null || object.metadata.namespace === watch.namespace) && watch.selects(object)
  const was = change.before !== null && selects(change.before)
  const is = change.type !== "DELETED" && selects(change.object)
  if (was && is) send("MODIFIED", change.object)
  else if (is) send("ADDED", change.object)
  else if (was) send("DELETED", change.object)
}
