import { isBun } from "../../core/runtime.ts"
import type { Environment } from "../../ports/runtime.ts"
import { hasProxy } from "./direct-address.ts"
import type { DirectAnswer, DirectRequest } from "./direct-request.ts"

const maxAnswerBytes = 65_536

/**
 * Sends a request, and reads its answer to the end. No redirect is followed, and certificates are always verified.
 *
 * @throws Error `TimeoutError`, or with the code of the system or of TLS, as Node has it.
 */
export async function plainAnswer(request: DirectRequest, environment: Environment): Promise<DirectAnswer> {
  // What fetches is a part of Bun, and ready. But it has a mind of its own about proxies.
  if (isBun && !hasProxy(environment)) return answerByFetch(request)
  const { answerByNode } = await import("./node-request.ts")
  return answerByNode(request, maxAnswerBytes)
}

/** What Bun's `fetch` takes beside what every one does. */
interface BunInit extends RequestInit {
  readonly tls: { readonly rejectUnauthorized: true }
  readonly decompress: false
  readonly verbose: false
}

async function answerByFetch({ method, url, headers, body, limitMs }: DirectRequest): Promise<DirectAnswer> {
  const init: BunInit = {
    method,
    headers: { ...headers, "accept-encoding": "identity" },
    ...(body === undefined ? {} : { body }),
    redirect: "manual",
    signal: AbortSignal.timeout(limitMs),
    tls: { rejectUnauthorized: true },
    decompress: false,
    // Said outright: BUN_CONFIG_VERBOSE_FETCH prints requests with their credentials.
    verbose: false,
  }
  try {
    const response = await fetch(url, init)
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await textOf(response),
    }
  } catch (error) {
    throw networkError(error)
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > maxAnswerBytes) throw new Error("its answer is too long")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** A failure to fetch is a `TypeError`, which looks like a fault of this program. */
function networkError(error: unknown): unknown {
  if (!(error instanceof TypeError) || !("code" in error)) return error
  return Object.assign(new Error(error.message), { code: error.code })
}
