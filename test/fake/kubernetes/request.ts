import { findResource, type Resource, type Verb } from "./resources.ts"
import { selectedName } from "./selector.ts"

/** A client certificate, and whether the cluster's authority has issued it and it has not expired. */
export interface PeerCertificate {
  readonly user: string
  readonly groups: readonly string[]
  readonly trusted: boolean
}

/** A request as it came. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
  readonly certificate: PeerCertificate | null
}

/** What a request is about, in the words of authorization (apiserver `RequestInfo`). */
export interface RequestInfo {
  /** In lower case; `null` for a path that is no resource. */
  readonly verb: Verb | string
  readonly group: string
  readonly version: string
  /** Empty for a path that is no resource. */
  readonly plural: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** `null` for one that the fake does not keep: a review, or none at all. */
  readonly resource: Resource | null
}

const verbs: Readonly<Record<string, Verb>> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
}

export function requestInfo({ method, path, query }: ApiRequest): RequestInfo {
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decode)
  const core = parts[0] === "api"
  const [group = "", version = ""] = core ? ["", parts[1]] : parts.slice(1, 3)
  const rest = parts.slice(core ? 2 : 3)
  if ((!core && parts[0] !== "apis") || rest.length === 0) {
    return { ...nothing, verb: method.toLowerCase() }
  }
  const [scope, namespace = ""] = rest
  const scoped = scope === "namespaces" && rest.length > 2
  const [plural = "", name = "", subresource = ""] = scoped ? rest.slice(2) : rest
  const asked = { group, version, plural, subresource, namespace: scoped ? namespace : "" }
  return {
    ...asked,
    verb: verbOf(method, name, query),
    // A selection by name counts as the name, so that rules with names allow it.
    name: name === "" && method === "GET" ? (selectedName(query.get("fieldSelector")) ?? "") : name,
    resource: findResource(group, version, plural),
  }
}

const nothing = {
  group: "",
  version: "",
  plural: "",
  subresource: "",
  namespace: "",
  name: "",
  resource: null,
} as const

function verbOf(method: string, name: string, query: URLSearchParams): Verb | string {
  if (method === "GET") {
    if (["true", "1"].includes(query.get("watch") ?? "")) return "watch"
    return name === "" ? "list" : "get"
  }
  if (method === "DELETE" && name === "") return "deletecollection"
  return verbs[method] ?? method.toLowerCase()
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
