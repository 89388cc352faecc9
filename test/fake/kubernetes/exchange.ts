import type { ServerResponse } from "node:http"
import type { Identity } from "./authentication.ts"
import type { Cluster } from "./cluster.ts"
import type { Grant } from "./rbac.ts"
import type { ApiRequest, RequestInfo } from "./request.ts"
import type { WatchHub } from "./watch-hub.ts"

/** One line of the log: what was asked, by whom, and what came of it. */
export interface LoggedRequest {
  /** Of authorization, such as `list`; of a path that is no resource, the method in lower case. */
  readonly verb: string
  readonly group: string
  /** With the subresource, such as `pods/log`; empty for a path that is no resource. */
  readonly resource: string
  readonly namespace: string
  /** That of the path, or the one that a field selector asks for. */
  readonly name: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly userAgent: string
  /** `null` until they are known. */
  user: string | null
  /** `ok`, the reason of the Status, or the way in which there was no answer, such as `hang`. */
  outcome: string
  /** `0` when there was no answer. */
  status: number
}

/** One request on its way through the fake. */
export interface Call {
  readonly cluster: Cluster
  readonly hub: WatchHub
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly identity: Identity
  /** What the user may do. */
  readonly grant: Grant
}

/** What goes back: a body, or a stream that is written as long as the connection lasts. */
export type Answer =
  | { readonly status: number; readonly contentType?: string; readonly body: string }
  | { readonly stream: (response: ServerResponse) => void }

export function json(value: unknown, status = 200): Answer {
  return { status, body: JSON.stringify(value) }
}
