import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer, type Server } from "node:https"
import type { TLSSocket } from "node:tls"
import { listenAgain, listenSomewhere } from "../free-port.ts"
import { answer } from "./api.ts"
import { ApiError } from "./api-error.ts"
import type { Authentication, Identity } from "./authentication.ts"
import type { Authority } from "./certificate.ts"
import type { Cluster } from "./cluster.ts"
import type { Answer, LoggedRequest } from "./exchange.ts"
import { type Failure, type Failures, refusalOf } from "./failures.ts"
import type { Grant } from "./rbac.ts"
import { type ApiRequest, type PeerCertificate, type RequestInfo, requestInfo } from "./request.ts"
import type { Setup } from "./setup.ts"
import { answerTokenRequest } from "./token-request.ts"
import type { WatchHub } from "./watch-hub.ts"

/** What the API server answers from, and where it notes what it did. */
export interface Desk {
  readonly setup: Setup
  readonly cluster: Cluster
  readonly hub: WatchHub
  readonly authority: Authority
  readonly authentication: Authentication
  readonly failures: Failures
  readonly log: LoggedRequest[]
  /** What KUBERNETES_EXEC_INFO held in each run of the exec plugin. */
  readonly execInfos: string[]
}

/** The API server of a cluster, which can be down for a while. */
export class ApiServer {
  readonly #desk: Desk
  readonly #credential: { readonly certificate: string; readonly key: string }
  #server: Server | null = null
  #port = 0

  constructor(desk: Desk) {
    this.#desk = desk
    this.#credential = desk.authority.issue({ serverNames: desk.setup.serverNames })
  }

  /** Listens, on the port of the last time. @returns its URL. */
  async start(): Promise<string> {
    const { certificate: cert, key } = this.#credential
    const ca = this.#desk.authority.certificate
    const server = createServer(
      { cert, key, ca, requestCert: true, rejectUnauthorized: false, keepAliveTimeout: 180_000 },
      (message, response) => void serve(this.#desk, message, response),
    )
    this.#server = server
    if (this.#port === 0) this.#port = await listenSomewhere(server)
    else await listenAgain(server, this.#port)
    return `https://127.0.0.1:${this.#port}`
  }

  /** Cuts all connections, and forgets the changes that a watch could go on from. */
  async stop(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    this.#desk.cluster.store.forget()
  }
}

async function serve(desk: Desk, message: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const request = await readRequest(message)
    const token = answerTokenRequest(desk, request)
    if (token === null) await serveApi(desk, request, response)
    else send(token, response)
  } catch (error) {
    // A client that leaves in the middle of its body is no fault of the fake.
    if (!message.destroyed || message.complete) {
      process.stderr.write(`fake Kubernetes: ${error instanceof Error ? error.stack : error}\n`)
    }
    response.destroy()
  }
}

async function serveApi(desk: Desk, request: ApiRequest, response: ServerResponse): Promise<void> {
  const info = requestInfo(request)
  const record = recordOf(request, info)
  desk.log.push(record)
  const given = await attempt(record, () => decide(desk, request, info, record))
  if (given === "hang") record.outcome = "hang"
  else if (given === "reset") {
    record.outcome ||= "reset"
    response.socket?.destroy()
  } else {
    record.status = "status" in given ? given.status : 200
    send(given, response)
  }
}

async function decide(
  desk: Desk,
  request: ApiRequest,
  info: RequestInfo,
  record: LoggedRequest,
): Promise<Answer | "hang" | "reset"> {
  const identity = await desk.authentication.identify(request)
  record.user = identity.name
  const failure = desk.failures.next(record)
  const work = () => answer({ ...desk, request, info, identity, grant: grantOf(desk, identity) })
  return failure === null ? work() : fail(failure, record, work)
}

function fail(failure: Failure, record: LoggedRequest, work: () => Answer): Answer | "hang" | "reset" {
  const refusal = refusalOf(failure)
  if (refusal !== null && failure !== "expired-event") throw refusal
  record.outcome = failure
  if (failure === "hang" || failure === "reset") return failure
  if (failure === "lost") {
    work()
    return "reset"
  }
  if (failure === "garbage") return { status: 200, contentType: "text/html", body: "<html>502 Bad Gateway" }
  return {
    stream: (response) => {
      response.writeHead(200, { "content-type": "application/json" })
      response.flushHeaders()
      if (refusal !== null) response.end(`${JSON.stringify({ type: "ERROR", object: refusal.status })}\n`)
    },
  }
}

async function attempt<T>(record: LoggedRequest, work: () => Promise<T>): Promise<T | Answer> {
  try {
    const given = await work()
    record.outcome ||= "ok"
    return given
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    record.outcome = error.reason
    return { status: error.code, body: JSON.stringify(error.status) }
  }
}

function send(given: Answer, response: ServerResponse): void {
  if ("stream" in given) {
    given.stream(response)
    return
  }
  const { status, contentType = "application/json", body } = given
  const retry = status === 429 ? { "retry-after": "1" } : {}
  response.writeHead(status, { "content-type": contentType, "audit-id": crypto.randomUUID(), ...retry })
  response.end(body)
}

function grantOf({ setup }: Desk, { name }: Identity): Grant {
  return (Object.hasOwn(setup.users, name) ? setup.users[name] : undefined) ?? { rules: [] }
}

function recordOf({ path, query, headers }: ApiRequest, info: RequestInfo): LoggedRequest {
  const { verb, group, plural, subresource, namespace, name } = info
  return {
    verb,
    group,
    resource: subresource === "" ? plural : `${plural}/${subresource}`,
    namespace,
    name,
    path,
    query: Object.fromEntries(query),
    userAgent: headers["user-agent"] ?? "",
    user: null,
    outcome: "",
    status: 0,
  }
}

async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const { pathname, searchParams } = new URL(message.url ?? "/", "https://localhost")
  const headers = Object.entries(message.headersDistinct).map(([name, values]) => [name, values?.join(",")])
  return {
    method: message.method ?? "",
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
    certificate: peerOf(message.socket as TLSSocket),
  }
}

function peerOf(socket: TLSSocket): PeerCertificate | null {
  const { subject } = socket.getPeerCertificate()
  if (subject === undefined) return null
  const { CN = "", O = [] } = subject as { readonly CN?: string; readonly O?: string | string[] }
  return { user: CN, groups: [O].flat(), trusted: socket.authorized }
}
