import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http"
import { request as httpsRequest } from "node:https"
import { version } from "../../core/version.ts"
import type { ClusterAccess, ClusterCredential } from "../../ports/cluster.ts"
import { makeAgent } from "./agent.ts"
import { failureOfConnection, NetworkFailure, ownCodes } from "./failure.ts"
import type { RequestLimits } from "./limits.ts"
import { methodOf, type Operation, pathOf } from "./operation.ts"
import { failureOfAnswer } from "./status.ts"

const maxAnswerBytes = 32 * 1024 * 1024

/** Why a stream that did not fail is over. */
export type StreamEnd = "ended" | "stalled"

export interface StreamHandlers {
  /** Called once the server has accepted the request. */
  readonly onBegin: () => void
  readonly onChunk: (chunk: Uint8Array) => void
}

/** Single requests to one API server, over connections that are kept. Throws {@link NetworkFailure}s. */
export class Transport {
  readonly #access: ClusterAccess
  readonly #limits: RequestLimits
  readonly #base: URL
  #connections: {
    readonly certificate: string | undefined
    readonly agent: Promise<HttpAgent>
  } | null = null

  constructor(access: ClusterAccess, limits: RequestLimits) {
    this.#access = access
    this.#limits = limits
    this.#base = new URL(access.server)
  }

  /** @returns the text of an answer of success. */
  async send(operation: Operation, credential: ClusterCredential): Promise<string> {
    const timer = new WatchTimer()
    try {
      const answer = await this.#open(operation, credential, timer)
      return await readWhole(answer)
    } finally {
      timer.stop()
    }
  }

  /**
   * Hands on what comes, piece by piece, until the server ends it, or nothing comes for too long. What `onChunk`
   * throws ends it too.
   */
  async stream(
    operation: Operation,
    credential: ClusterCredential,
    handlers: StreamHandlers,
  ): Promise<StreamEnd> {
    const timer = new WatchTimer()
    try {
      const answer = await this.#open(operation, credential, timer)
      handlers.onBegin()
      return await follow(answer, handlers.onChunk, timer, this.#limits.stallMs)
    } finally {
      timer.stop()
    }
  }

  /** @returns an answer of success, its body still to come; `timer` goes on to run for it. */
  async #open(
    operation: Operation,
    credential: ClusterCredential,
    timer: WatchTimer,
  ): Promise<IncomingMessage> {
    const agent = await this.#agentFor(credential)
    const body = operation.body === undefined ? null : JSON.stringify(operation.body)
    const options: RequestOptions = {
      method: methodOf(operation),
      agent,
      headers: headersOf(operation, credential, body),
      ...(operation.signal === undefined ? {} : { signal: operation.signal }),
    }
    operation.fence?.()
    const answer = await this.#request(pathOf(operation), options, body, timer)
    const status = answer.statusCode ?? 0
    if (status >= 200 && status < 300) return answer
    throw failureOfAnswer(status, answer.headers["retry-after"], await readWhole(answer))
  }

  async #request(
    path: string,
    options: RequestOptions,
    body: string | null,
    timer: WatchTimer,
  ): Promise<IncomingMessage> {
    const { connectMs, answerMs } = this.#limits
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const { protocol, origin, pathname } = this.#base
    const url = new URL(`${origin}${pathname.replace(/\/$/, "")}${path}`)
    const send = protocol === "http:" ? httpRequest : httpsRequest
    const outgoing = send(url, options, resolve)
    // While a proxy connects, the request has no socket, and tells nobody that it was destroyed.
    const end = (code: string) => {
      const failure = new NetworkFailure("", { code })
      outgoing.destroy(failure)
      reject(failure)
    }
    const tooLate = () => end(ownCodes.late)
    const { signal } = options
    const aborted = () => end(ownCodes.cut)
    signal?.addEventListener("abort", aborted, { once: true })
    promise.finally(() => signal?.removeEventListener("abort", aborted)).catch(() => {})
    const connected = () => timer.start(answerMs, tooLate)
    timer.start(connectMs, tooLate)
    outgoing.once("socket", (socket) => {
      if (outgoing.reusedSocket) return connected()
      socket.once(protocol === "http:" ? "connect" : "secureConnect", connected)
    })
    // Not once: a request that is destroyed can fail again.
    outgoing.on("error", (error) => reject(failureOfConnection(error)))
    outgoing.end(body ?? undefined)
    return promise
  }

  /** Connections are kept as long as the credential has the same certificate. */
  #agentFor(credential: ClusterCredential): Promise<HttpAgent> {
    const { certificate } = credential
    if (this.#connections === null || this.#connections.certificate !== certificate) {
      const plain = this.#base.protocol === "http:"
      const agent = plain
        ? Promise.resolve(new HttpAgent({ keepAlive: true }))
        : makeAgent(this.#access, credential)
      this.#connections = { certificate, agent }
    }
    return this.#connections.agent
  }
}

function headersOf(
  { contentType = "application/json" }: Operation,
  { token }: ClusterCredential,
  body: string | null,
): Record<string, string | number> {
  return {
    accept: "application/json, */*;q=0.1",
    "user-agent": `envseal/${version}`,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === null ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(body) }),
  }
}

async function readWhole(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const gather = (chunk: Buffer) => {
    size += chunk.length
    if (size > maxAnswerBytes) throw new NetworkFailure("", { code: ownCodes.tooLarge })
    chunks.push(chunk)
  }
  if (!(await consumed(answer, gather))) throw new NetworkFailure("", { code: ownCodes.cut })
  return Buffer.concat(chunks).toString("utf8")
}

async function follow(
  answer: IncomingMessage,
  onChunk: (chunk: Uint8Array) => void,
  timer: WatchTimer,
  stallMs: number,
): Promise<StreamEnd> {
  let stalled = false
  const { promise: stall, resolve } = Promise.withResolvers<boolean>()
  const wind = () =>
    timer.start(stallMs, () => {
      stalled = true
      answer.destroy()
      resolve(false)
    })
  wind()
  try {
    const all = consumed(answer, (chunk) => {
      wind()
      onChunk(chunk)
    })
    const whole = await Promise.race([all, stall])
    if (!whole && !stalled) throw new NetworkFailure("", { code: ownCodes.cut })
  } catch (error) {
    if (!stalled) throw error
  }
  return stalled ? "stalled" : "ended"
}

/** Reads an answer to its end. @returns false when the connection closed before that. */
function consumed(answer: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  answer.on("data", (chunk: Buffer) => {
    try {
      onChunk(chunk)
    } catch (error) {
      reject(error)
      answer.destroy()
    }
  })
  answer.once("end", () => resolve(true))
  answer.once("close", () => resolve(false))
  answer.on("error", (error) => reject(failureOfConnection(error)))
  return promise
}

/** One alarm at a time: a new one takes the place of the one before. */
export class WatchTimer {
  #handle: NodeJS.Timeout | undefined

  start(ms: number, alarm: () => void): void {
    clearTimeout(this.#handle)
    this.#handle = setTimeout(alarm, ms)
  }

  stop(): void {
    clearTimeout(this.#handle)
  }
}
