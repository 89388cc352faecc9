import { Agent, type RequestOptions, request } from "node:https"

/** What came back. `body` is what JSON it had; `text` is how it came. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly body: Record<string, unknown>
}

/** What is sent beside the path. A body is sent as JSON. */
export interface Message {
  readonly method?: string
  readonly body?: unknown
  readonly contentType?: string
  readonly token?: string
  readonly certificate?: { readonly certificate: string; readonly key: string }
}

interface WatchLine {
  readonly type: string
  readonly object: Record<string, unknown>
}

/** Where an API server is, and the PEM by which it is trusted. */
export interface Endpoint {
  readonly url: string
  readonly ca: string
}

const waitMs = 300_000

/** Requests to an API server without any client of Kubernetes, as somebody. Each has its own connection. */
export class Wire {
  readonly #endpoint: Endpoint
  readonly #token: string

  constructor(endpoint: Endpoint, token: string) {
    this.#endpoint = endpoint
    this.#token = token
  }

  /** @throws Error when the connection breaks, or nothing comes within 10 seconds */
  send(path: string, message: Message = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { body } = message
      const outgoing = request(`${this.#endpoint.url}${path}`, this.#options(message), (incoming) => {
        const chunks: Buffer[] = []
        incoming.on("data", (chunk) => chunks.push(chunk))
        incoming.on("error", reject)
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString()
          const { statusCode: status = 0, headers } = incoming
          resolve({ status, headers, text, body: parse(text) })
        })
      })
      outgoing.on("error", reject)
      outgoing.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  /** Watches until the server ends it, or so many lines have come. */
  async watch(path: string, count: number): Promise<readonly WatchLine[]> {
    const incoming = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      request(`${this.#endpoint.url}${path}`, this.#options({}), resolve).on("error", reject).end()
    })
    let text = ""
    for await (const chunk of incoming) {
      text += chunk
      if (text.split("\n").length > count) break
    }
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as WatchLine)
  }

  #options(message: Message): RequestOptions {
    const { method = "GET", contentType = "application/json", token, certificate, body } = message
    const bearer = token ?? this.#token
    return {
      method,
      ca: this.#endpoint.ca,
      agent: new Agent({ keepAlive: false }),
      signal: AbortSignal.timeout(waitMs),
      headers: {
        "content-type": contentType,
        "user-agent": "wire",
        // Node frames the body of a DELETE by nothing else.
        ...(body === undefined ? {} : { "content-length": Buffer.byteLength(JSON.stringify(body)) }),
        ...(bearer === "" || certificate !== undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
    }
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
