import { setTimeout as sleep } from "node:timers/promises"
import { EnvsealError } from "../../core/error.ts"
import type { Right } from "../../ports/cluster.ts"
import type { ApiClient } from "./client.ts"
import { serverError } from "./error.ts"
import { describeFailure, failureMayPass, isExpired, NetworkFailure } from "./failure.ts"
import { LineSplitter } from "./line-splitter.ts"
import { listAll } from "./list.ts"
import type { Operation } from "./operation.ts"
import type { Resource, WatchedKind } from "./resource.ts"
import { Store } from "./store.ts"
import { parseWatchEvent } from "./watch-event.ts"

/** An object in etcd has at most 1.5 MiB, and JSON can make it longer. */
const maxLineBytes = 8 * 1024 * 1024
/** A watch that ends sooner and brought nothing is followed by a pause. */
const soonMs = 1_000
const maxDoublings = 10

/** What hinders a reflector. */
export interface WatchTrouble {
  /** By `performance.now()`. */
  readonly sinceMs: number
  readonly why: string
}

/** Keeps a {@link Store} like the server's: lists it, watches what changes, and starts again where it must. */
export class Reflector {
  readonly #client: ApiClient
  readonly #resource: Resource
  readonly #namespace: string | null
  readonly #store: Store
  readonly #onChange: () => void
  #listed = false
  #wellAtMs = 0
  #verb: "list" | "watch" = "list"
  #trouble: WatchTrouble | null = null

  /**
   * @param namespace `null` for all of them.
   * @param onChange called after the objects, or {@link trouble}, have changed.
   */
  constructor(client: ApiClient, resource: Resource, namespace: string | null, onChange: () => void) {
    this.#client = client
    this.#resource = resource
    this.#namespace = namespace
    this.#store = new Store(resource.kind)
    this.#onChange = onChange
  }

  /** `null` until they have been listed once. */
  get objects(): readonly WatchedKind[] | null {
    return this.#listed ? this.#store.objects : null
  }

  /** `null` while all goes well. */
  get trouble(): WatchTrouble | null {
    return this.#trouble
  }

  /** Ends when `signal` aborts. @throws EnvsealError what cannot pass. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const startMs = performance.now()
      let waitMs = 0
      try {
        const useful = await this.#round(signal)
        failures = useful || performance.now() - startMs > soonMs ? 0 : failures + 1
      } catch (error) {
        if (signal.aborted) return
        this.#begins(startMs, this.#whyItPasses(error))
        failures += 1
        waitMs = error instanceof NetworkFailure ? (error.retryAfterMs ?? 0) : 0
      }
      await this.#pause(failures, waitMs, signal)
    }
  }

  /** One watch, and before it a list where one is due. @returns whether it brought anything. */
  async #round(signal: AbortSignal): Promise<boolean> {
    try {
      if (this.#store.version === null) await this.#list(signal)
      return await this.#watch(this.#store.version ?? "", signal)
    } catch (error) {
      if (error instanceof NetworkFailure && isExpired(error)) this.#store.forgetVersion()
      throw error
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await listAll<WatchedKind>(
      this.#operation("list", {}, signal),
      (page) => this.#client.onceForObject(page),
    )
    this.#store.replace(items, resourceVersion)
    this.#listed = true
    this.#recovered()
    this.#onChange()
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<boolean> {
    const { watchMs } = this.#client.limits
    const timeoutSeconds = Math.ceil((watchMs * (1 + Math.random())) / 1000)
    const query = { watch: true, resourceVersion, allowWatchBookmarks: true, timeoutSeconds }
    const lines = new LineSplitter(maxLineBytes)
    let useful = false
    const onChunk = (chunk: Uint8Array) => {
      this.#wellAtMs = performance.now()
      for (const line of lines.push(chunk)) {
        useful = true
        this.#take(line)
      }
    }
    const operation = this.#operation("watch", query, signal)
    await this.#client.stream(operation, { onBegin: () => this.#recovered(), onChunk })
    return useful
  }

  #take(line: string): void {
    try {
      if (this.#store.apply(parseWatchEvent(line))) this.#onChange()
    } catch (error) {
      // From the same version on, the server would only say the same again.
      this.#store.forgetVersion()
      throw error
    }
  }

  #operation(verb: "list" | "watch", query: NonNullable<Operation["query"]>, signal: AbortSignal): Operation {
    this.#verb = verb
    return { right: this.#right(verb), namespace: this.#namespace, query, signal }
  }

  #right(verb: "list" | "watch"): Right {
    const { group, resource } = this.#resource
    return { verb, group, resource, name: null }
  }

  #recovered(): void {
    this.#wellAtMs = performance.now()
    if (this.#trouble === null) return
    this.#trouble = null
    this.#onChange()
  }

  /** A watch that went well for minutes is in trouble since it broke, not since it began. */
  #begins(startMs: number, why: string): void {
    this.#trouble = { sinceMs: this.#trouble?.sinceMs ?? Math.max(startMs, this.#wellAtMs), why }
    this.#onChange()
  }

  /**
   * @throws EnvsealError for what cannot pass, and what is no failure of the server. Once there was a list, whatever
   * befalls a request on its way can: a laptop that wakes up in another network meets strange answers.
   */
  #whyItPasses(error: unknown): string {
    if (error instanceof EnvsealError && error.code === "REMOTE_FAILED") return error.message
    if (!(error instanceof NetworkFailure)) throw error
    const onTheWay = error.status === null && (this.#listed || failureMayPass(error))
    if (onTheWay || isExpired(error) || this.#client.passes(error)) return describeFailure(error)
    throw serverError(error, this.#right(this.#verb), this.#client.access)
  }

  async #pause(failures: number, waitMs: number, signal: AbortSignal): Promise<void> {
    if (failures === 0) return
    const { firstPauseMs, longestPauseMs } = this.#client.limits
    const growing = firstPauseMs * 2 ** Math.min(failures - 1, maxDoublings) * (0.5 + Math.random() / 2)
    const pauseMs = Math.min(Math.max(growing, waitMs), longestPauseMs)
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}
