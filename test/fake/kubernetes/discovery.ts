import { type Answer, json } from "./exchange.ts"
import { apiVersionOf, resources } from "./resources.ts"

/** The version that the fake says it has; its behaviour is that of this one. */
const serverVersion = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3",
  gitCommit: "fake",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "go1.26.0",
  compiler: "gc",
  platform: "linux/amd64",
} as const

/** Paths that need no right (ClusterRole `system:public-info-viewer`). */
export function answerPublic(path: string): Answer | null {
  if (path === "/version" || path === "/version/") return json(serverVersion)
  if (["/healthz", "/livez", "/readyz"].includes(path)) {
    return { status: 200, contentType: "text/plain; charset=utf-8", body: "ok" }
  }
  return null
}

/** What the server has, as kubectl asks before it does anything. @returns `null` for another path. */
export function answerDiscovery(path: string): Answer | null {
  if (path === "/api") return json({ kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] })
  if (path === "/apis") return json({ kind: "APIGroupList", apiVersion: "v1", groups: groups() })
  const [, group = "", version] = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? []
  if (version === undefined) return null
  const listed = resources.filter((one) => one.group === group && one.version === version)
  if (listed.length === 0) return null
  const groupVersion = apiVersionOf({ group, version })
  return json({
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: listed.map(({ plural, kind, namespaced, verbs, shortNames }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs,
      shortNames,
    })),
  })
}

function groups(): unknown[] {
  const names = [...new Set(resources.map(({ group }) => group))].filter((group) => group !== "")
  return names.map((name) => {
    const version = { groupVersion: `${name}/v1`, version: "v1" }
    return { name, versions: [version], preferredVersion: version }
  })
}
