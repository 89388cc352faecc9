import { parseConfig } from "../../src/config/load.ts"
import type { EnvironmentSettings } from "../../src/config/settings.ts"
import type { Pod, Workload } from "../../src/core/kubernetes.ts"
import type { Release } from "../../src/deploy/core/release.ts"
import { repository } from "../deploy/core/scene.ts"

/** An environment `production` of an app `shop`, with the Deployment `web` and a secret. */
export function settings(workloads = "[deployment/web]"): EnvironmentSettings {
  const text = `version: 1
app: shop
environments:
  production:
    secret: shop/production
    image: { repository: ${repository} }
    cluster: { context: fake, namespace: shop }
    workloads: ${workloads}
`
  const found = parseConfig(text, "envseal.yaml").environments.get("production")
  if (found === undefined) throw new Error("the settings have an environment")
  return found
}

/** The same workload, with these releases written on it. */
export function withReleases<W extends Workload>(workload: W, ...releases: readonly Release[]): W {
  const annotations = { "envseal.dev/releases": JSON.stringify(releases) }
  return { ...workload, metadata: { ...workload.metadata, annotations } }
}

export function viewOf(workloads: readonly Workload[], pods: readonly Pod[] = []) {
  return { workloads, replicaSets: [], pods }
}
