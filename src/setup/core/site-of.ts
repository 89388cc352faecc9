import type { EnvironmentSettings } from "../../config/settings.ts"
import { newSite, type SiteNames } from "./new-site.ts"
import type { Site } from "./site.ts"

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
