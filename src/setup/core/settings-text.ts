import { workloadsFor } from "./manifests.ts"
import type { MorePart } from "./more-pods.ts"
import { roleArnOf, type Site } from "./site.ts"
import { templateFiles } from "./template-files.ts"
import { replaceNames, yamlScalar } from "./template-text.ts"

/** What of the settings is not in a {@link Site}. */
export interface SettingsTextOptions {
  /** The example file whose names the secret must have, but for those that the image gives; `null` for none. */
  readonly require: { readonly file: string; readonly fromImage: readonly string[] } | null
  /** Who else can open what is sealed, besides the environment's KMS key. */
  readonly recipients: readonly string[]
  /** The workloads that the app has already, such as `deployment/web`; none for those of envseal's own manifests. */
  readonly workloads: readonly string[]
  /** What the asset build puts into scripts that every visitor gets, by name. */
  readonly publicValues: Readonly<Record<string, string>>
  /** Which of those manifests only some apps have. */
  readonly more: readonly MorePart[]
}

/** Where editors find the schema of the settings, from the top of the repository. */
export const settingsSchemaPath = "envseal/envseal.schema.json"
/** By this line an editor with yaml-language-server completes and explains the settings. */
const schemaLine = `# yaml-language-server: $schema=./${settingsSchemaPath}\n`

const entryStart = "  production:\n"
const entryEnd = "\n  staging:\n"
const defaults = templateFiles.settings.slice(0, templateFiles.settings.indexOf(entryStart))
const entry = templateFiles.settings.slice(defaults.length, templateFiles.settings.indexOf(entryEnd))

/** `envseal.yaml` of an app with its environments. Its account, region and repository are those of the first. */
export function settingsTextFor(sites: readonly [Site, ...Site[]], options: SettingsTextOptions): string {
  return schemaLine + defaultsOf(sites[0], options) + sites.map((site) => entryOf(site, options)).join("\n")
}

function defaultsOf(site: Site, { require, workloads, publicValues, more }: SettingsTextOptions): string {
  const known = workloadsFor(site)
  const { web, worker, schedule } = known
  const text = workloads.length === 0 ? defaults : withWorkloads(workloads)
  return replaceNames(text, {
    "docs/config.md": "docs/config.md of envseal",
    "app: shop\n": `app: ${yamlScalar(site.app)}\n`,
    '"111122223333"': JSON.stringify(site.account),
    "region: eu-west-1": `region: ${site.region}`,
    "  require: .env.example\n": require === null ? "" : requireOf(require),
    "source: main": `source: ${yamlScalar(site.source)}`,
    "    timeout: 30m\n": `    timeout: 30m\n${variablesOf(publicValues)}`,
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop": site.repository,
    ...(workloads.length > 0
      ? {}
      : {
          "deployment: shop-web": web.replace("/", ": "),
          "deployment/shop-worker": worker,
          "cronjob/shop-schedule": [schedule, ...more.map((part) => known[part])].join("\n    - "),
        }),
  })
}

function requireOf({ file, fromImage }: NonNullable<SettingsTextOptions["require"]>): string {
  const name = yamlScalar(file)
  if (fromImage.length === 0) return `  require: ${name}\n`
  return `  # The Dockerfile sets the exceptions, and its value goes before the secret's.
  require: { file: ${name}, except: [${fromImage.join(", ")}] }
`
}

/** In quotes: a value that looks like a number is refused without. */
function variablesOf(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`)
  if (lines.length === 0) return ""
  return `    # Of the asset build: every visitor can read them. An environment's own go before these.
    variables:
${lines.join("")}`
}

const workloadList = /( {2}workloads:\n)[\s\S]*?( {2}hooks:\n[\s\S]*?workload: )\S+/

/** Migrations run as the first of them that is no CronJob. */
function withWorkloads(workloads: readonly string[]): string {
  const list = workloads.map((text) => `    - ${text}\n`).join("")
  const first = workloads.find((text) => !text.startsWith("cronjob/")) ?? workloads[0] ?? ""
  return defaults.replace(workloadList, (_, head: string, hooks: string) => head + list + hooks + first)
}

const pin = `    # The same as in the pod template, where an image cannot change it.
    kmsKeys: [arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab]
`

function entryOf(site: Site, { recipients }: SettingsTextOptions): string {
  return replaceNames(entry, {
    "  production:\n": `  ${yamlScalar(site.environment)}:\n`,
    "secret: shop/production": `secret: ${yamlScalar(site.secret)}`,
    "[aws-kms:alias/envseal-production]": `[${[kmsRecipientOf(site), ...recipients].join(", ")}]`,
    [pin]: pinOf(site) + rolesOf(site),
    "project: shop-production": `project: ${yamlScalar(site.project)}`,
    "      eks: main\n": clusterOf(site),
    "namespace: shop-production": `namespace: ${yamlScalar(site.namespace)}`,
  })
}

/** A key that is there may have any alias; one that is to be made gets the environment's. */
function kmsRecipientOf({ kmsKey, keyAlias }: Site): string {
  return `aws-kms:${kmsKey ?? keyAlias}`
}

function pinOf({ kmsKey }: Site): string {
  if (kmsKey !== null) return pin.replace(/\[.*\]/, () => `[${kmsKey}]`)
  return `    # Once there is a KMS key, put its ARN here, and into the pod templates as ENVSEAL_KMS_KEY:
    # kmsKeys: [ARN]
`
}

function rolesOf(site: Site): string {
  return `    # For the key's policy.
    roles:
      build: ${roleArnOf(site, site.buildRole)}
      pod: ${roleArnOf(site, site.podRole)}
`
}

function clusterOf({ eks, clusterContext }: Site): string {
  const byName = eks === null ? "" : `      eks: ${yamlScalar(eks)}\n`
  return clusterContext === null ? byName : `${byName}      context: ${yamlScalar(clusterContext)}\n`
}
