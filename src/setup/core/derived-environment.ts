import type { WrittenFile, WrittenPart } from "../../config/entry-text.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { newSite, roleArnOf, type Site } from "./site.ts"

/** What an environment is made from. */
export interface Derivation {
  readonly name: string
  /** The environment that it is to be like. */
  readonly from: string
  /** What it says in place of the other one's. */
  readonly given: GivenSettings
}

export interface GivenSettings {
  readonly account?: string
  readonly region?: string
  /** Branch, tag or commit. */
  readonly source?: string
  /** Name of the EKS cluster. */
  readonly eks?: string
  readonly namespace?: string
}

/** An entry of `envseal.yaml`, with what of the other one is not in it. */
export interface DerivedEnvironment {
  readonly entry: WrittenPart
  /** Settings of the other environment that are not copied, because they are its own. */
  readonly leftOut: readonly string[]
}

/**
 * The entry of a new environment that is like another one, with its own names: wherever the other one's name
 * stands, the new one's does. What has the other one's secret, key or role without its name is called after the app
 * and the new environment.
 *
 * @throws EnvsealError `USAGE` when `defaults` would give it the key of the others.
 */
export function deriveEnvironment(file: WrittenFile, { name, from, given }: Derivation): DerivedEnvironment {
  const { app, defaults = {}, environments } = file
  const own = environments[from] ?? {}
  if (defaults.kmsKeys !== undefined) throw sharedKey(name)
  const whole = { ...defaults, ...own, ...given }
  const { account, region } = whole
  const rename = renamer(from, name)
  const site = newSite({ app, environment: name, account: account ?? "", region: region ?? "" })
  const parts: Parts = { own, defaults, rename, site, given }
  const entry = {
    ...copied(own, given),
    ...envelopeOf(parts),
    ...(account === undefined ? {} : { roles: rolesOf(parts, { account, region: region ?? "" }) }),
    ...deployOf(parts),
  }
  return { entry: inOrder(entry, own), leftOut: leftOutOf(parts) }
}

interface Parts {
  readonly own: WrittenPart
  readonly defaults: WrittenPart
  readonly rename: Rename
  /** The names that the new environment has by itself. */
  readonly site: Site
  readonly given: GivenSettings
}

/** Settings that say nothing of the environment itself. */
function copied(own: WrittenPart, { account, region }: GivenSettings): WrittenPart {
  const { profile, require, setEnv, rollout } = own
  return defined({
    account: account ?? own.account,
    region: region ?? own.region,
    profile,
    require,
    setEnv,
    rollout,
  })
}

function envelopeOf({ own, defaults, rename, site }: Parts): WrittenPart {
  const secret = rename(nameOfSecret(listOf(own.secret ?? defaults.secret).at(-1)))
  const alias = listOf(own.recipients ?? defaults.recipients)
    .map((recipient) => (/^aws-kms:alias\//.test(recipient) ? rename(recipient) : null))
    .find((renamed) => renamed !== null)
  // Those of every environment, such as who has the key for an emergency.
  const everywhere = listOf(defaults.recipients).filter((recipient) => recipient.startsWith("age1"))
  return {
    secret: secret ?? site.secret,
    recipients: [alias ?? `aws-kms:${site.keyAlias}`, ...everywhere],
    ...contextOf(own.context ?? defaults.context, rename, site),
  }
}

/** Never the other one's context, which would let its pods open what is sealed for this one. */
function contextOf(context: WrittenPart["context"], rename: Rename, { environment }: Site): WrittenPart {
  if (context === undefined) return {}
  const renamed = renameWithin(context, rename)
  const isOwn = Object.values(context).some((value) => rename(value) !== null)
  return { context: isOwn ? renamed : { ...context, environment } }
}

function rolesOf({ own, defaults, rename, site }: Parts, place: { account: string; region: string }) {
  const names = { ...site, ...place }
  const { build = "", pod = "" } = { ...defaults.roles, ...own.roles }
  return {
    build: rename(build) ?? roleArnOf(names, site.buildRole),
    pod: rename(pod) ?? roleArnOf(names, site.podRole),
  }
}

/** What a deploy works on. A section that no other environment needs is not made up. */
function deployOf({ own, defaults, rename, site, given }: Parts): WrittenPart {
  const build = { ...defaults.build, ...own.build }
  const cluster = { ...defaults.cluster, ...own.cluster }
  const { source = own.build?.source, eks = own.cluster?.eks, namespace } = given
  const workloads = own.workloads === undefined ? undefined : renameWithin(own.workloads, rename)
  const hooks = own.hooks === undefined ? undefined : renameWithin(own.hooks, rename)
  const image = own.image === undefined ? undefined : renameWithin(own.image, rename)
  const hasBuild = build.project !== undefined || source !== undefined
  const hasCluster = cluster.namespace !== undefined || given.eks !== undefined
  return defined({
    build: hasBuild
      ? defined({
          ...renameWithin(own.build ?? {}, rename),
          project: rename(build.project ?? "") ?? site.project,
          source,
          // The app is the same one.
          repository: own.build?.repository,
        })
      : undefined,
    image,
    cluster: hasCluster
      ? defined({
          // Another cluster has another context and server.
          ...(given.eks === undefined ? own.cluster : {}),
          eks,
          namespace: namespace ?? rename(cluster.namespace ?? "") ?? site.namespace,
        })
      : undefined,
    workloads,
    hooks,
  })
}

/** Whatever is the other environment's alone, and where the new one gets its own. */
function leftOutOf({ own, rename }: Parts): string[] {
  const secrets = listOf(own.secret)
  const recipients = listOf(own.recipients).filter((recipient) => rename(recipient) === null)
  return [
    ...(own.kmsKeys === undefined ? [] : ["kmsKeys"]),
    ...(own.secretKeys === undefined ? [] : ["secretKeys"]),
    ...(secrets.length > 1 || secrets.some((secret) => rename(nameOfSecret(secret)) === null)
      ? ["secret"]
      : []),
    ...(recipients.length > 0 ? ["recipients"] : []),
  ]
}

/** The name in a secret's ARN, without the version that may stand after it, which the new one does not have. */
function nameOfSecret(secret = ""): string {
  const id = secret.replace(/#.*$/, "")
  return /^arn:.*?:secret:(.+?)(?:-[A-Za-z0-9]{6})?$/.exec(id)?.[1] ?? id
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === "string" ? [value] : value
}

/** Without what is `undefined`, which YAML would write as `null`. */
function defined<T extends object>(settings: T): T {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as T
}

/** In the other entry's order; what it does not have comes after. */
function inOrder(entry: WrittenPart, own: WrittenPart): WrittenPart {
  const names = Object.keys(own)
  const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length)
  return Object.fromEntries(Object.entries(entry).sort(([one], [other]) => rank(one) - rank(other)))
}

function sharedKey(name: string): EnvsealError {
  return new EnvsealError(
    "USAGE",
    `defaults.kmsKeys would make ${printable(name)} accept the key of the others`,
    {
      hint: "move kmsKeys from defaults into each environment, and run it again",
    },
  )
}

/** @returns the text with the new name where the old one stood; `null` when it did not stand there. */
export type Rename = (text: string) => string | null

/**
 * Puts one environment's name in the place of another one's, where that stands as a whole word: `shop/staging`
 * and `shop-staging-pod` have it, `outstaging` has not.
 */
export function renamer(from: string, to: string): Rename {
  const escaped = from.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
  const word = new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, "g")
  return (text) => {
    const renamed = text.replace(word, () => to)
    return renamed === text ? null : renamed
  }
}

/** The same in every text within, names of members excepted. */
export function renameWithin<T>(value: T, rename: Rename): T {
  return within(value, rename) as T
}

function within(value: unknown, rename: Rename): unknown {
  if (typeof value === "string") return rename(value) ?? value
  if (Array.isArray(value)) return value.map((item: unknown) => within(item, rename))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, within(inner, rename)]))
}
