import { demand, type With } from "../../config/demand.ts"
import type { Config } from "../../config/load.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { workloadText } from "../../core/workload.ts"
import type { WorkTree } from "../../ports/files.ts"
import { binaryImageIn, buildspecFor, healthPathIn } from "../core/buildspec.ts"
import { dockerfileFor } from "../core/dockerfile.ts"
import { dockerignoreFor } from "../core/dockerignore.ts"
import type { NewFile } from "../core/file.ts"
import { baseImageWritten, type FirstSite, letInBy } from "../core/first-version.ts"
import { gitattributesWith } from "../core/git-files.ts"
import { manifestsFor, workloadsFor } from "../core/manifests.ts"
import { type MorePart, moreParts } from "../core/more-pods.ts"
import { type OctaneServer, serverStarted } from "../core/octane.ts"
import { baseImageFor, defaultBaseImage } from "../core/php-version.ts"
import { serverFiles } from "../core/server-files.ts"
import { siteOf } from "../core/site.ts"
import { serviceAccountIn } from "./manifest-site.ts"
import { isFileAt, originIn, textAt } from "./repository-file.ts"
import type { FoundRepository, LookPorts } from "./repository-look.ts"

type Places = readonly [FirstSite, ...FirstSite[]]

/** What `envseal init` writes today for the environments of the settings, and for whom. */
export interface RenewedFiles {
  readonly files: readonly NewFile[]
  readonly sites: Places
}

/**
 * The files of an app that is set up already: those that its image is built from, and the manifests. What is in AWS was
 * made from the templates of `envseal/`, which is not repeated here.
 *
 * @throws EnvsealError `CONFIG_MALFORMED` when an environment has no account or Region.
 */
export async function renewedFiles(
  config: Config,
  around: FoundRepository,
  ports: LookPorts,
): Promise<RenewedFiles> {
  const { tree } = ports
  const sites = await sitesOf(config, ports)
  const [first, ...others] = sites
  const { app, composer } = around
  const dockerfile = (await textAt("Dockerfile", tree)) ?? ""
  const buildspec = (await textAt("buildspec.yaml", tree)) ?? ""
  const server = serverStarted(dockerfile)
  const baseImage =
    renewedBase(baseImageWritten(dockerfile)) ??
    baseImageFor(around.app.php, server) ??
    defaultBaseImage(server)
  const options = { baseImage, binaryImage: binaryImageIn(buildspec), publicNames: app.publicNames }
  const ignore = await ignoreFile(tree)
  const loaded = [...new Set([...(composer?.loaded ?? []), ...letInBy(ignore.text)])]
  return {
    sites,
    files: [
      file("buildspec.yaml", buildspecFor([first.site, ...others.map(({ site }) => site)], options)),
      file("Dockerfile", dockerfileFor(baseImage, { ...app, server })),
      ...serverFiles(server).map((one) =>
        one.path === "php.ini" ? { ...one, onlyWith: "Dockerfile" } : one,
      ),
      file(ignore.path, dockerignoreFor({ loaded, hasAssets: app.assets !== null, server })),
      file(".gitattributes", gitattributesWith(around.gitattributes)),
      ...(await Promise.all(sites.map((one) => manifestsOf(one, config, { app, server }, tree)))).flat(),
    ],
  }
}

async function sitesOf(config: Config, ports: LookPorts): Promise<Places> {
  const origin = await originIn(ports.tree)
  const found = await Promise.all(
    [...config.environments.values()].map(async (one): Promise<FirstSite> => {
      const settings: With<"account" | "region"> = demand(one, ["account", "region"], "envseal init --update")
      const own = await serviceAccountIn({ ...ports, root: "" }, settings)
      return { site: { ...siteOf(settings, origin), ...own }, context: settings.context }
    }),
  )
  const [first, ...others] = found
  if (first === undefined) throw new Error("settings have an environment")
  return [first, ...others]
}

/** Docker Hub's official image, which 0.1.0 began with, is had from AWS's public registry. */
function renewedBase(image: string | null): string | null {
  return image === null ? null : image.replace(/^(php:)/, "public.ecr.aws/docker/library/$1")
}

/** That of the Dockerfile alone, where there is one. */
async function ignoreFile(tree: WorkTree): Promise<{ readonly path: string; readonly text: string }> {
  const own = await textAt("Dockerfile.dockerignore", tree)
  if (own !== null) return { path: "Dockerfile.dockerignore", text: own }
  return { path: ".dockerignore", text: (await textAt(".dockerignore", tree)) ?? "" }
}

/** Those of the workloads that the environment still deploys. */
async function manifestsOf(
  { site, context }: FirstSite,
  { environments }: Config,
  { app, server }: Pick<FoundRepository, "app"> & { readonly server: OctaneServer | null },
  tree: WorkTree,
): Promise<readonly NewFile[]> {
  const settings = environments.get(site.environment)
  const parts = settings === undefined ? [] : partsIn(settings)
  const folder = `kubernetes/${site.environment}`
  const web = await textAt(`${folder}/web.yaml`, tree)
  const healthPath = (web === null ? null : healthPathIn(web)) ?? "/up"
  const more = await moreThere(folder, tree)
  const all = manifestsFor(site, { context, healthPath, hasHorizon: app.hasHorizon, server, more })
  return all.filter(({ path }) => parts.some((part) => path === `${folder}/${part}.yaml`))
}

/** Only those that are there: 0.1.0 wrote none, so the workload may stand in a file of the person. */
async function moreThere(folder: string, tree: WorkTree): Promise<readonly MorePart[]> {
  const there = await Promise.all(moreParts.map((part) => isFileAt(`${folder}/${part}.yaml`, tree)))
  return moreParts.filter((_, at) => there[at])
}

function partsIn(settings: EnvironmentSettings): readonly string[] {
  const texts = settings.workloads.map(workloadText)
  const own = Object.entries(workloadsFor(settings)).filter(([, text]) => texts.includes(text))
  return own.length === 0 ? [] : ["service-account", ...own.map(([part]) => part)]
}

function file(path: string, text: string): NewFile {
  return { path, text, executable: false }
}
