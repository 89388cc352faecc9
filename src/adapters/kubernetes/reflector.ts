import { setTimeout as sleep } from "node:timers/promises"
import type { ApiClient } from "./client.ts"
import { serverError } from "./error.ts"
import { describeFailure, Failure, isCertificateFault, isExpired, ownCodes } from "./failure.ts"
import { LineSplitter } from "./line-splitter.ts"
import { listAll } from "./list.ts"
import type { Operation } from "./operation.ts"
import type { Resource, Watched } from "./resource.ts"
import { Store } from "./store.ts"
import { parseWatchEvent } from "./watch-event.ts"

/** An object in etcd has at most 1.5 MiB, and JSON can make it longer. */
const maxLineBytes = 8 * 1024 * 1024
/** A watch that ends sooner and brought nothing is followed by a pause. */
const soonMs = 1_000
const maxDoublings = 10

/** What hinders a reflector. */
export interface Trouble {
  readonly sinceMs: number
  readonly why: string
}

/** Keeps a {@link Store} like the server's: lists it, watches what changes, and starts again where it must. */
export class Reflector {
  readonly #client: ApiClient
  readonly #resource: Resource
  readonly #namespace: string
  readonly #store: Store
  readonly #onChange: () => void
  #listed = false
  #trouble: Trouble | null = null

  /** @param onChange called after the objects, or {@link trouble}, have changed. */
  constructor(client: ApiClient, resource: Resource, namespace: string, onChange: () => void) {
    this.#client = client
    this.#resource = resource
    this.#namespace = namespace
    this.#store = new Store(resource.kind)
    this.#onChange = onChange
  }

  /** `null` until they have been listed once. */
  get objects(): readonly Watched[] | null {
    return this.#listed ? this.#store.objects : null
  }

  /** `null` while all goes well. Its time is that of `performance.now()`. */
  get trouble(): Trouble | null {
    return this.#trouble
  }

  /** Ends when `signal` aborts. @throws EnvsealError what cannot pass. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const startMs = performance.now()
      try {
        const useful = await this.#round(signal)
        failures = useful || performance.now() - startMs > soonMs ? 0 : failures + 1
        await this.#pause(failures, null, signal)
      } catch (error) {
        if (signal.aborted) return
        const failure = this.#passing(error)
        this.#begins({ sinceMs: startMs, why: describeFailure(failure) })
        failures += 1
        await this.#pause(failures, failure.retryAfterMs, signal)
      }
    }
  }

  /** One watch, and before it a list where one is due. @returns whether it brought anything. */
  async #round(signal: AbortSignal): Promise<boolean> {
    if (this.#store.version === null) await this.#list()
    try {
      return await this.#watch(this.#store.version ?? "", signal)
    } catch (error) {
      // What the server answered, or could not be read, would come again from the same version.
      const answered =
        error instanceof Failure && (error.status !== null || error.code === ownCodes.unreadable)
      if (answered && !mayPassFromHere(error)) this.#store.forgetVersion()
      throw error
    }
  }

  async #list(): Promise<void> {
    const { items, resourceVersion } = await listAll<Watched>(this.#operation("list", {}), (page) =>
      this.#client.onceForObject(page),
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
      for (const line of lines.push(chunk)) {
        if (line.trim() === "") continue
        useful = true
        if (this.#store.apply(parseWatchEvent(line))) this.#onChange()
      }
    }
    const operation = { ...this.#operation("watch", query), signal }
    await this.#client.stream(operation, { onBegin: () => this.#recovered(), onChunk })
    return useful
  }

  #operation(verb: "list" | "watch", query: NonNullable<Operation["query"]>): Operation {
    const { group, resource } = this.#resource
    return { right: { verb, group, resource, name: null }, namespace: this.#namespace, query }
  }

  #recovered(): void {
    if (this.#trouble === null) return
    this.#trouble = null
    this.#onChange()
  }

  /** The first trouble counts from when it began; later ones only say why it goes on. */
  #begins(trouble: Trouble): void {
    this.#trouble = { sinceMs: this.#trouble?.sinceMs ?? trouble.sinceMs, why: trouble.why }
    this.#onChange()
  }

  /** @throws EnvsealError for what cannot pass, and what is no failure of the server. */
  #passing(error: unknown): Failure {
    if (!(error instanceof Failure)) throw error
    const final = !isExpired(error) && !this.#client.passes(error) && isFinal(error)
    if (final) throw serverError(error, this.#operation("watch", {}).right, this.#client.access)
    return error
  }

  async #pause(failures: number, retryAfterMs: number | null, signal: AbortSignal): Promise<void> {
    if (failures === 0) return
    const { firstPauseMs, longestPauseMs } = this.#client.limits
    const growing = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, maxDoublings))
    const ms = Math.max(growing * (0.5 + Math.random() / 2), Math.min(retryAfterMs ?? 0, longestPauseMs))
    await sleep(ms, undefined, { signal }).catch(() => undefined)
  }
}

/** A server that is busy or starting has not forgotten the version. */
function mayPassFromHere(failure: Failure): boolean {
  return !isExpired(failure) && (failure.status === 401 || failure.status === 429 || failure.status === 503)
}

/** What no repetition changes: who asks, what they may, and whom they trust. */
function isFinal({ status, code }: Failure): boolean {
  return status === 401 || status === 403 || isCertificateFault(code)
}
