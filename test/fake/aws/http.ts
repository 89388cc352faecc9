import { request } from "node:http"

/** What came back, as it came. */
export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** What is sent. */
export interface Message {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One request without any SDK. @throws Error when the connection breaks, or nothing comes within 10 seconds. */
export function send(
  url: string,
  { method = "GET", headers = {}, body = "" }: Message = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(10_000)
    const outgoing = request(url, { method, headers, signal }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on("data", (chunk) => chunks.push(chunk))
      incoming.on("error", reject)
      incoming.on("end", () => {
        const { statusCode: status = 0, headers } = incoming
        resolve({ status, headers, body: Buffer.concat(chunks).toString() })
      })
    })
    outgoing.on("error", reject)
    outgoing.end(body)
  })
}
