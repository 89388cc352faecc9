import { environmentOf, parseConfig } from "../../config/load.ts"
import { encodeUtf8 } from "../../core/text.ts"
import { workloadText } from "../../core/workload.ts"
import { checkAccount } from "../../deploy/run/check.ts"
import type { AccountService } from "../../ports/account.ts"
import type { WorkTree } from "../../ports/files.ts"
import type { SecretCreator } from "../../ports/secrets.ts"
import { binaryImageIn, gateLineIn, healthPathIn } from "../core/buildspec.ts"
import { differenceOf, type NewFile, type NextStep } from "../core/file.ts"
import { staticContainer, workloadsFor } from "../core/manifests.ts"
import { serverStarted } from "../core/octane.ts"
import { type Site, siteOf } from "../core/site.ts"
import { usesHorizon } from "./app-look.ts"
import { environmentFiles } from "./environment-files.ts"
import { environmentNextSteps } from "./environment-next-steps.ts"
import { serviceAccountIn } from "./manifest-site.ts"
import { type EnvironmentRequest, type NewEnvironment, newEnvironment } from "./new-environment.ts"
import { decideBeside, type Placed, planFiles } from "./place-files.ts"
import { originIn, settingsText, textAt } from "./repository-file.ts"
import type { workloadsIn } from "./surroundings-look.ts"

export interface EnvAddRequest extends EnvironmentRequest {
  /** Name of the settings file in the tree. */
  readonly file: string
  /** Whether the secret is to be made, without a value. */
  readonly createSecret: boolean
  /** Write and make nothing. */
  readonly dryRun: boolean
}

/** What of AWS is asked for a secret: who calls, and the creation of the secret. */
export interface SecretPorts {
  readonly account: AccountService
  readonly secrets: SecretCreator
}

export interface EnvAddPorts {
  /** From the folder of the settings file. */
  readonly tree: WorkTree
  /** The same folder, where manifests are looked for. */
  readonly repository: Parameters<typeof workloadsIn>[0]
  /** Asked for once, when a secret is to be made. */
  readonly aws: (settings: NewEnvironment["settings"]) => Promise<SecretPorts>
  /** Told at once: it is made even when no file can be written after it. */
  readonly tellSecret: (name: string, outcome: "created" | "exists") => void
}

export interface EnvAddResult {
  readonly environment: string
  /** The environment that it is like. */
  readonly from: string
  /** Settings of that one which are not in it. */
  readonly leftOut: readonly string[]
  /** What is new in the settings file, as lines of a unified diff. */
  readonly difference: readonly string[]
  readonly files: readonly NewFile[]
  readonly placed: readonly Placed[]
  readonly secret: { readonly name: string; readonly outcome: "created" | "exists" | null }
  readonly next: readonly NextStep[]
}

/**
 * Adds an environment: its entry in the settings, and the files to set it up with. All of them are written or none;
 * no file that is there is written over, but for the settings. Nothing is asked of AWS, unless a secret is to be made.
 *
 * @throws EnvsealError as {@link newEnvironment}, `placeFiles` and the ports do, and `WRONG_ACCOUNT`.
 */
export async function addEnvironmentTo(request: EnvAddRequest, ports: EnvAddPorts): Promise<EnvAddResult> {
  const { file, name, createSecret, dryRun } = request
  const { tree } = ports
  const text = await settingsText(file, tree)
  const added = newEnvironment(text, file, request)
  const site = {
    ...siteOf(added.settings, await originIn(tree)),
    ...(await serviceAccountIn(ports.repository, environmentOf(parseConfig(text, file), added.from))),
  }
  const buildspec = (await textAt("buildspec.yaml", tree)) ?? ""
  const files = await filesFor({ added, site, before: text, file, buildspec }, tree)
  const { placed, changes } = await planFiles(files, ports, decideBeside)
  let outcome: "created" | "exists" | null = null
  if (!dryRun) {
    if (createSecret) {
      outcome = await create(added, site, ports)
      ports.tellSecret(site.secret, outcome)
    }
    const settings = { path: file, bytes: encodeUtf8(added.text), executable: false }
    await tree.write([...changes, { ...settings, replaces: encodeUtf8(text) }])
  }
  const gateLine = gateLineIn(buildspec, added.others, name)
  return {
    environment: name,
    from: added.from,
    leftOut: added.leftOut,
    difference: differenceOf(file, text, added.text),
    files,
    placed,
    secret: { name: site.secret, outcome },
    next: environmentNextSteps({
      ...{ site, placed, secret: outcome, gateLine, settingsFile: file },
      undeclared: undeclaredIn(added.settings, site, placed),
    }),
  }
}

/** Settings that were written when no container of the manifests opened nothing. */
function undeclaredIn(
  { workloads }: NewEnvironment["settings"],
  site: Site,
  placed: readonly Placed[],
): string | null {
  const { web } = workloadsFor(site)
  const written = placed.some(({ path }) => path === `kubernetes/${site.environment}/web.yaml`)
  const wanted = workloads.find((one) => workloadText(one) === web)
  if (!written || wanted === undefined) return null
  return wanted.containers !== null || wanted.withoutOpen.includes(staticContainer) ? null : web
}

interface Subject {
  readonly added: NewEnvironment
  readonly site: Site
  /** The settings file without it. */
  readonly before: string
  readonly file: string
  /** The text of `buildspec.yaml`. */
  readonly buildspec: string
}

async function filesFor(
  { added, site, before, file, buildspec }: Subject,
  tree: WorkTree,
): Promise<readonly NewFile[]> {
  const { settings, from } = added
  const manifest = await textAt(`kubernetes/${from}/web.yaml`, tree)
  const { image } = environmentOf(parseConfig(before, file), from)
  return environmentFiles({
    settings,
    site,
    sharesRepository: image?.repository === site.repository,
    binaryImage: binaryImageIn(buildspec),
    healthPath: manifest === null ? null : healthPathIn(manifest),
    hasHorizon: await usesHorizon(tree),
    server: serverStarted((await textAt("Dockerfile", tree)) ?? ""),
  })
}

async function create({ settings }: NewEnvironment, site: Site, ports: EnvAddPorts) {
  const { account, secrets } = await ports.aws(settings)
  await checkAccount({ settings }, { account })
  const [kmsKey = null] = settings.secretKeys
  const description = `${site.app} in ${site.environment}: sealed by envseal`
  return secrets.create({ name: site.secret, description, kmsKey })
}
