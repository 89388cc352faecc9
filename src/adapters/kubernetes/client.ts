import { setTimeout as sleep } from "node:timers/promises"
import pRetry from "p-retry"
import type { EnvsealError } from "../../core/error.ts"
import type { ClusterAccess, ClusterCredential, Right } from "../../ports/cluster.ts"
import type { Activity, Log } from "../../ports/log.ts"
import { isDenied, serverError } from "./error.ts"
import { describeFailure, failureMayPass, NetworkFailure, networkFailureOf, ownCodes } from "./failure.ts"
import type { RequestLimits } from "./limits.ts"
import { type Operation, operationText } from "./operation.ts"
import { type StreamEnd, type StreamHandlers, Transport } from "./transport.ts"

export interface KubernetesSettings {
  readonly log: Log
  readonly activity: Activity
  readonly limits: RequestLimits
}

/** Requests to one API server as its user: authenticated, repeated while the way to the server fails. */
export class ApiClient {
  readonly access: ClusterAccess
  readonly limits: RequestLimits
  readonly #settings: KubernetesSettings
  readonly #transport: Transport
  #troubledAtMs = Number.NEGATIVE_INFINITY
  /** Whether it was said that the server is in trouble, and has not answered since. */
  #saidTrouble = false

  constructor(access: ClusterAccess, settings: KubernetesSettings) {
    this.access = access
    this.limits = settings.limits
    this.#settings = settings
    this.#transport = new Transport(access, settings.limits)
  }

  /** The object that answers a request which can be repeated without harm. @throws EnvsealError. */
  async sendForObject<T>(operation: Operation): Promise<T> {
    return this.repeat(operation.right, () => this.onceForObject<T>(operation))
  }

  /**
   * Does something again and again with growing random pauses, until it succeeds, fails for good, or was tried for
   * too long.
   *
   * @param work gets the number of the attempt, from 1. From 2 on, the one before may have done its work unheard.
   * @throws EnvsealError for a {@link NetworkFailure}, by `toError`; anything else that `work` throws as it is.
   */
  async repeat<T>(
    right: Right,
    work: (attempt: number) => Promise<T>,
    toError: (failure: NetworkFailure) => EnvsealError | null = () => null,
  ): Promise<T> {
    const { activity, limits } = this.#settings
    activity.begin(this.#describe(right))
    try {
      return await pRetry(work, {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: limits.firstPauseMs,
        maxTimeout: limits.longestPauseMs,
        maxRetryTime: limits.retryMs,
        randomize: true,
        shouldRetry: ({ error }) => error instanceof NetworkFailure && this.passes(error),
        onFailedAttempt: ({ error, attemptNumber }) => this.#afterFailure(right, error, attemptNumber),
      })
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error
      throw toError(error) ?? serverError(error, right, this.access)
    }
  }

  /** One attempt. @throws Failure, or EnvsealError where there is no credential. */
  once(operation: Operation): Promise<string> {
    return this.#authenticated(operation, (credential) => this.#transport.send(operation, credential))
  }

  /** One attempt. @throws Failure, also when the answer is no JSON object. */
  async onceForObject<T>(operation: Operation): Promise<T> {
    return parseObject<T>(await this.once(operation))
  }

  /** One attempt at a stream; see {@link Transport.stream}. */
  stream(operation: Operation, handlers: StreamHandlers): Promise<StreamEnd> {
    return this.#authenticated(operation, (credential) =>
      this.#transport.stream(operation, credential, handlers),
    )
  }

  /**
   * Whether it may succeed when it is tried again. That a server denies is final, unless it has just failed: one
   * that starts answers before it has read who may do what.
   */
  passes(failure: NetworkFailure): boolean {
    const startsUp = performance.now() - this.#troubledAtMs < this.limits.forgiveMs
    return failureMayPass(failure) || (startsUp && (failure.status === 401 || isDenied(failure)))
  }

  /** Does it with what authenticates, and once more with something new when the server refuses that. */
  async #authenticated<T>(
    { signal }: Pick<Operation, "signal">,
    work: (credential: ClusterCredential) => Promise<T>,
  ): Promise<T> {
    const credential = await this.access.credential()
    try {
      return await this.#noting(work, credential, signal)
    } catch (error) {
      if (!(error instanceof NetworkFailure) || error.status !== 401) throw error
      const renewed = await this.access.credential(credential)
      if (sameCredential(renewed, credential)) throw error
      return this.#noting(work, renewed, signal)
    }
  }

  /** Remembers when the server failed last. That we hung up is no failure of it. */
  async #noting<T>(
    work: (credential: ClusterCredential) => Promise<T>,
    credential: ClusterCredential,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    try {
      const result = await work(credential)
      this.#saidTrouble = false
      return result
    } catch (thrown) {
      const failure = networkFailureOf(thrown)
      const failed = failure instanceof NetworkFailure && failureMayPass(failure) && signal?.aborted !== true
      if (failed) this.#troubledAtMs = performance.now()
      throw failure
    }
  }

  async #afterFailure(right: Right, error: unknown, attempt: number): Promise<void> {
    if (!(error instanceof NetworkFailure)) return
    const { activity, log, limits } = this.#settings
    const why = describeFailure(error)
    const what = this.#describe(right)
    activity.failed(why, error.code !== "ETIMEDOUT")
    if (!this.passes(error)) return
    // Many requests go out side by side, and fail by the same cause.
    if (attempt === 1 && !this.#saidTrouble) log.warn(`${what}: ${why}; trying again`)
    else log.debug(`${what}: attempt ${attempt}: ${why}`)
    this.#saidTrouble = true
    if (error.retryAfterMs !== null) await sleep(Math.min(error.retryAfterMs, limits.longestPauseMs))
  }

  #describe(right: Right): string {
    return `the API server of ${this.access.name} (${operationText(right)})`
  }
}

/** @throws Failure when it is no JSON object, as the page of some proxy. */
function parseObject<T>(text: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = null
  }
  if (typeof value !== "object" || value === null) throw new NetworkFailure("", { code: ownCodes.unreadable })
  return value as T
}

function sameCredential(one: ClusterCredential, other: ClusterCredential): boolean {
  return one.token === other.token && one.certificate === other.certificate
}
