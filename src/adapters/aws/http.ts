import { NodeHttpHandler, type NodeHttpHandlerOptions } from "@smithy/node-http-handler"
import { environmentProxy } from "../proxy/address.ts"
import { plainProxyAgent, secureProxyAgent } from "../proxy/agent.ts"
import type { AwsClock } from "./clock.ts"

/** A remote that works answers within milliseconds; one that does not is asked again on a new connection. */
const limits: NodeHttpHandlerOptions = {
  connectionTimeout: 2_000,
  requestTimeout: 5_000,
  // Without it the handler only warns, and waits for ever.
  throwOnRequestTimeout: true,
}

/** Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not make anyone who answers into AWS. */
const tls = { rejectUnauthorized: true }

type Handler = NodeHttpHandler
type Request = Parameters<Handler["handle"]>[0]
type Options = Parameters<Handler["handle"]>[1]

/**
 * Requests of the AWS clients, through a proxy where `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say so, in
 * either case, as the AWS CLI does. The SDK itself knows no proxies.
 */
export class RequestHandler {
  readonly metadata = { handlerProtocol: "http/1.1" } as const
  readonly #handlers = new Map<string, Handler>()
  readonly #clock: AwsClock | null

  /** @param clock what the time of each answer is noted in. */
  constructor(clock: AwsClock | null = null) {
    this.#clock = clock
  }

  async handle(request: Request, options?: Options): ReturnType<Handler["handle"]> {
    const handler = await this.#handlerFor(proxyFor(request), request.hostname)
    const answer = await handler.handle(request, options)
    this.#clock?.note(answer.response.headers["date"], Date.now())
    return answer
  }

  destroy(): void {
    for (const handler of this.#handlers.values()) handler.destroy()
  }

  /** Part of the interface: the clients pass on settings of theirs, and ours are fixed. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): NodeHttpHandlerOptions {
    return limits
  }

  async #handlerFor(proxy: string | null, what: string): Promise<Handler> {
    const known = this.#handlers.get(proxy ?? "")
    if (known !== undefined) return known
    const handler = new NodeHttpHandler({
      ...limits,
      ...(proxy === null ? { httpsAgent: tls } : await proxyAgents(proxy, what)),
    })
    this.#handlers.set(proxy ?? "", handler)
    return handler
  }
}

/** @returns the proxy's URL, or `null` for none. Link-local addresses never leave the machine. */
function proxyFor({ protocol, hostname, port }: Request): string | null {
  if (hostname.startsWith("169.254.") || hostname === "[fd00:ec2::23]") return null
  return environmentProxy(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}/`)
}

async function proxyAgents(proxy: string, what: string): Promise<NodeHttpHandlerOptions> {
  const [httpAgent, httpsAgent] = await Promise.all([
    plainProxyAgent(proxy, what),
    secureProxyAgent(proxy, tls, what),
  ])
  return { httpAgent, httpsAgent }
}
