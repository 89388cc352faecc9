import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { SignedRequest } from "./canonical-request.ts"
import type { Answer, LoggedRequest, State } from "./exchange.ts"
import { type Failure, type Failures, garbage, refusalOf } from "./failures.ts"
import { Fault } from "./fault.ts"
import { type Route, routeOf } from "./route.ts"

/** What the server answers from, and where it notes what it did. */
export interface Desk {
  readonly state: State
  readonly failures: Failures
  readonly log: LoggedRequest[]
}

const dripMs = 1000

/** A server of all services. Every request is in the log, and none is answered but by a rule or its service. */
export function createAwsServer(desk: Desk): Server {
  return createServer((message, response) => {
    readRequest(message)
      .then((request) => serve(desk, request, response))
      .catch((error: unknown) => {
        process.stderr.write(`fake AWS: ${error instanceof Error ? error.stack : error}\n`)
        response.destroy()
      })
  })
}

/** @returns the port, which is any that is free for 0. @throws Error when it is taken */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  })
}

function serve({ state, failures, log }: Desk, request: SignedRequest, response: ServerResponse): void {
  const { service, operation, answer, refuse } = routeOf(request)
  const record = { service, operation, region: null, principal: null, outcome: "none", status: 0 }
  log.push(record)
  const failure = failures.next(service, operation, scopeRegion(request))
  if (failure === "reset" || failure === "hang" || failure === "drip") {
    starve(failure, record, response)
    return
  }
  const { clockSkewSeconds = 0 } = state.world
  const now = Date.now() + clockSkewSeconds * 1000 + skewOf(failure)
  const given = attempt(refuse, record, () => {
    if (failure === "garbage") return garbage
    if (failure !== null && failure !== "lost" && !isSkew(failure)) throw refusalOf(failure, service, request)
    return answer({ request, now, record, state })
  })
  if (failure === "lost") {
    starve("lost", record, response)
    return
  }
  if (failure === "garbage") record.outcome = "garbage"
  record.status = given.status
  response.writeHead(given.status, { ...given.headers, date: new Date(now).toUTCString() })
  response.end(given.body)
}

function attempt(refuse: Route["refuse"], record: LoggedRequest, work: () => Answer): Answer {
  try {
    const answer = work()
    record.outcome = "ok"
    return answer
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    record.outcome = error.code
    return refuse(error)
  }
}

async function readRequest(message: IncomingMessage): Promise<SignedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  const [path = "/", ...query] = (message.url ?? "/").split("?")
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(message.headersDistinct))
    headers[name] = (values ?? []).join(",")
  return { method: message.method ?? "", path, query: query.join("?"), headers, body: Buffer.concat(chunks) }
}

function starve(
  how: "reset" | "lost" | "hang" | "drip",
  record: LoggedRequest,
  response: ServerResponse,
): void {
  record.outcome = how
  if (how === "reset" || how === "lost") response.socket?.resetAndDestroy()
  if (how !== "drip") return
  record.status = 200
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" })
  response.write("{")
  const timer = setInterval(() => response.write(" "), dripMs)
  response.once("close", () => clearInterval(timer))
}

/** The Region that a request says it is for, whether its signature is genuine or not. */
function scopeRegion({ headers }: SignedRequest): string | null {
  return /Credential=[^/]+\/\d+\/([a-z0-9-]+)\//.exec(headers["authorization"] ?? "")?.[1] ?? null
}

function isSkew(failure: Failure): failure is { readonly skewMinutes: number } {
  return typeof failure === "object" && "skewMinutes" in failure
}

function skewOf(failure: Failure | null): number {
  return failure !== null && isSkew(failure) ? failure.skewMinutes * 60_000 : 0
}
