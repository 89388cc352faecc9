import { demand } from "../../config/demand.ts"
import { settingsJsonSchema } from "../../config/json-schema.ts"
import { type Config, environmentOf, parseConfig } from "../../config/load.ts"
import type { InitAnswers } from "../core/answers.ts"
import { buildspecFor } from "../core/buildspec.ts"
import { dockerfileFor, namesGivenBy } from "../core/dockerfile.ts"
import { dockerignoreFor } from "../core/dockerignore.ts"
import type { NewFile } from "../core/file.ts"
import { gitattributesWith, gitignoreWith } from "../core/git-files.ts"
import { sharedBy } from "../core/own-workloads.ts"
import { serverFiles } from "../core/server-files.ts"
import { settingsSchemaPath, settingsTextFor } from "../core/settings-text.ts"
import { newSite, type Site } from "../core/site.ts"
import { environmentFiles } from "./environment-files.ts"
import type { FoundRepository } from "./repository-look.ts"

/** The environments that answers are about. */
export function sitesOf(answers: InitAnswers, { origin, around }: FoundRepository): [Site, ...Site[]] {
  const serviceAccount = sharedBy(around.workloads, "serviceAccount")
  const { app, account, region, eks, clusterContext, repository, source } = answers
  const siteOf = (environment: string) => {
    const own = serviceAccount === null ? {} : { serviceAccount }
    const given = { repository, source, sourceUrl: origin, eks, clusterContext, ...own }
    const site = newSite({ app, environment, account, region }, given)
    const namespace = answers.namespaces[environment] ?? site.namespace
    return { ...site, namespace, kmsKey: answers.kmsKeys[environment] ?? null }
  }
  const [first, ...others] = answers.environments
  return [siteOf(first), ...others.map(siteOf)]
}

/** Everything that `envseal init` writes. */
export function initFiles(answers: InitAnswers, around: FoundRepository): readonly NewFile[] {
  const sites = sitesOf(answers, around)
  const { baseImage, binaryImage, recipients } = answers
  const dockerfile = dockerfileFor(baseImage, around.app)
  const settings = settingsTextFor(sites, {
    require: requirementOf(around.exampleNames, around.dockerfile ?? dockerfile),
    recipients,
    // Each environment may have its own manifest of the same workload.
    publicValues: around.app.publicValues,
    workloads: [...new Set(around.around.workloads.map(({ text }) => text))],
    more: around.app.more,
  })
  const config = parseConfig(settings, "envseal.yaml")
  const { app } = around
  const { server } = app
  const hasAssets = app.assets !== null
  return [
    file("envseal.yaml", settings),
    file(settingsSchemaPath, `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`),
    file("buildspec.yaml", buildspecFor(sites, { baseImage, binaryImage, publicNames: app.publicNames })),
    file("Dockerfile", dockerfile),
    ...serverFiles(server),
    {
      ...file(
        ignoreFileFor(around),
        dockerignoreFor({ loaded: around.composer?.loaded ?? [], hasAssets, server }),
      ),
      onlyWith: "Dockerfile",
    },
    { ...file(".gitignore", gitignoreWith(around.gitignore)), onlyAdds: true },
    { ...file(".gitattributes", gitattributesWith(around.gitattributes)), onlyAdds: true },
    ...sites.flatMap((site) => filesOf(site, { config, answers, around })),
  ]
}

/** The names of `.env.example`, but for those that the Dockerfile gives the app. */
function requirementOf(exampleNames: readonly string[] | null, dockerfile: string) {
  if (exampleNames === null) return null
  const fromImage = namesGivenBy(dockerfile).filter((name) => exampleNames.includes(name))
  return { file: ".env.example", fromImage }
}

/** Of all builds from this folder; or of the Dockerfile alone, where others may be built from it (BuildKit). */
function ignoreFileFor({ around }: FoundRepository): string {
  return around.dockerfiles.length === 0 ? ".dockerignore" : "Dockerfile.dockerignore"
}

interface Setting {
  readonly config: Config
  readonly answers: InitAnswers
  readonly around: FoundRepository
}

/** Those of `envseal env add`. */
function filesOf(site: Site, { config, answers, around }: Setting): readonly NewFile[] {
  const { environment } = site
  const settings = environmentOf(config, environment)
  return environmentFiles({
    settings: demand(settings, ["account", "region", "build"], "envseal init"),
    site,
    sharesRepository: environment !== answers.environments[0],
    binaryImage: answers.binaryImage,
    healthPath: answers.healthPath,
    hasHorizon: around.app.hasHorizon,
    server: around.app.server,
  })
}

function file(path: string, text: string): NewFile {
  return { path, text, executable: false }
}
