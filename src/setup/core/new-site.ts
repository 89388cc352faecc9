import { awsDomain, partitionOf } from "./partition.ts"
import type { Site } from "./site.ts"

/** What has to be said of an environment. */
export interface SiteNames {
  readonly app: string
  readonly environment: string
  readonly account: string
  readonly region: string
}

/** Names of an environment's parts after its app and its own name, but for those that are given. */
export function newSite(names: SiteNames, given: Partial<Site> = {}): Site {
  const { app, environment, account, region } = names
  const parts = dashed(`${app}-${environment}`)
  return {
    app,
    environment,
    account,
    region,
    secret: `${app}/${environment}`,
    keyAlias: `alias/envseal-${parts}`,
    kmsKey: null,
    project: parts,
    source: "main",
    sourceUrl: null,
    repository: `${account}.dkr.ecr.${region}.${awsDomain(region)}/${resourceName(app)}`,
    buildRole: `${parts}-build`,
    podRole: `${parts}-pod`,
    eks: null,
    clusterContext: null,
    namespace: resourceName(`${app}-${environment}`, maxNamespace),
    serviceAccount: resourceName(app),
    ...given,
  }
}

/** A CronJob's name has at most 52 characters, and `-schedule` is its end. */
const maxBase = 43
const maxNamespace = 63

/** A name as Kubernetes takes it for everything (RFC 1035, which Services want): `My.Shop` is `my-shop`. */
export function resourceName(name: string, max: number = maxBase): string {
  const dashes = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
  const whole = /^[a-z]/.test(dashes) ? dashes : `app-${dashes}`
  return whole.slice(0, max).replace(/-+$/, "")
}

/** A name as KMS and CodeBuild take it. */
function dashed(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, "-")
}

/** ARN of a role by its name. A name that is an ARN is left as it is. */
export function roleArnOf({ account, region }: SiteNames, role: string): string {
  return role.startsWith("arn:") ? role : `arn:${partitionOf(region)}:iam::${account}:role/${role}`
}
