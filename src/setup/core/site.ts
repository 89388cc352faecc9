import type { EnvironmentSettings } from "../../config/settings.ts"
import { awsDomain, partitionOf } from "../../core/region.ts"

/**
 * What the parts of one environment of an app are called, wherever they stand: in `envseal.yaml`, in manifests, in
 * templates for AWS. Nothing in it is secret.
 */
export interface Site {
  readonly app: string
  readonly environment: string
  /** Twelve digits. */
  readonly account: string
  readonly region: string
  /** Name of the secret in Secrets Manager. */
  readonly secret: string
  /** Alias of the KMS key, such as `alias/envseal-shop-production`. */
  readonly keyAlias: string
  /** ARN of the KMS key; `null` until there is one. */
  readonly kmsKey: string | null
  /** Name of the CodeBuild project. */
  readonly project: string
  /** What is built by default: a branch, tag or commit. */
  readonly source: string
  /** URL of the app's repository; `null` when it is not known. */
  readonly sourceUrl: string | null
  /** The ECR repository, as images name it, without tag and digest. */
  readonly repository: string
  readonly buildRole: string
  readonly podRole: string
  /** Name of the EKS cluster; `null` for one that is reached by `clusterContext` alone. */
  readonly eks: string | null
  /** Context of the kubeconfig; `null` for none. */
  readonly clusterContext: string | null
  readonly namespace: string
  readonly serviceAccount: string
}

/** What a {@link Site} needs to have, whatever else its environment says. */
export type SiteSettings = EnvironmentSettings & Pick<SiteNames, "account" | "region">

/**
 * What the parts of an environment are called, by its settings. What they do not say is called after the app and the
 * environment.
 *
 * @param sourceUrl URL of the app's repository, where `build.repository` does not say it; `null` when it is not known.
 */
export function siteOf(settings: SiteSettings, sourceUrl: string | null = null): Site {
  const { app, name: environment, account, region, roles, build, image, cluster } = settings
  const base = newSite({ app, environment, account, region })
  return {
    ...base,
    secret: nameOfSecret(settings.secrets.at(-1)) ?? base.secret,
    keyAlias: settings.recipients.map(aliasIn).find((alias) => alias !== null) ?? base.keyAlias,
    kmsKey: settings.kmsKeys[0] ?? null,
    project: build?.project ?? base.project,
    source: build?.source ?? base.source,
    sourceUrl: build?.repository ?? sourceUrl,
    repository: image?.repository ?? base.repository,
    // An ARN keeps the path that the role may have.
    buildRole: roles.build ?? base.buildRole,
    podRole: roles.pod ?? base.podRole,
    eks: cluster?.eks ?? null,
    clusterContext: cluster?.context ?? null,
    namespace: cluster?.namespace ?? base.namespace,
  }
}

/** Without the stage or version that may stand after it. */
function nameOfSecret(secret: string | undefined): string | null {
  const id = secret?.replace(/#.*$/, "")
  if (id === undefined) return null
  return /^arn:[^:]+:secretsmanager:[^:]+:\d+:secret:(.+?)(?:-[A-Za-z0-9]{6})?$/.exec(id)?.[1] ?? id
}

function aliasIn(recipient: string): string | null {
  return /^aws-kms:(?:arn:[^/]+:)?(alias\/.+)$/.exec(recipient)?.[1] ?? null
}

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
