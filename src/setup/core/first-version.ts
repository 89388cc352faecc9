import { binaryImageFor, binaryImageIn, healthPathIn } from "./buildspec.ts"
import { libcOf } from "./dockerfile.ts"
import { firstTemplateFiles } from "./first-template-files.ts"
import { pinPattern, type WorkloadPart, withAccountNames, withPodNames } from "./manifests.ts"
import { resourceName, type Site } from "./site.ts"
import { replaceNames, yamlScalar } from "./template-text.ts"

/** An environment as its settings have it. */
export interface FirstSite {
  readonly site: Site
  /** What its pods may open. */
  readonly context: Readonly<Record<string, string>>
}

const zeros = "0".repeat(64)

/**
 * What `envseal init` 0.1.0 wrote to a path, for the environments of the settings. What was asked for then and is in no
 * setting, such as the base image, is taken from the text that is there.
 *
 * @param path from the top of the repository.
 * @param text what is there.
 * @returns each text that it may have been; none for a path that it did not write.
 */
export function firstTexts(
  path: string,
  text: string,
  sites: readonly [FirstSite, ...FirstSite[]],
): readonly string[] {
  switch (path) {
    case "boot.sh":
      return [firstTemplateFiles.boot]
    case "php-fpm.conf":
      return [firstTemplateFiles.phpFpm]
    case "Dockerfile":
      return [dockerfile(baseImageIn(text))]
    case ".dockerignore":
      return [dockerignore(text)]
    case "buildspec.yaml":
      return buildspecs(text, sites)
    default:
      return sites.flatMap((one) => manifests(path, text, one))
  }
}

/** The image that PHP is in, as a Dockerfile or a buildspec has it; `null` for none. */
export function baseImageWritten(text: string): string | null {
  return /^(?:ARG | +)BASE_IMAGE[=:] ?(\S+)$/m.exec(text)?.[1] ?? null
}

function baseImageIn(text: string): string {
  return baseImageWritten(text) ?? "php:8.4-fpm"
}

function dockerfile(baseImage: string): string {
  return replaceNames(firstTemplateFiles.dockerfile, {
    "ARG BASE_IMAGE=php:8.4-fpm\n": `ARG BASE_IMAGE=${baseImage}\n`,
    "ARG ENVSEAL_LIBC=glibc": `ARG ENVSEAL_LIBC=${libcOf(baseImage)}`,
    "# docker/envseal.Dockerfile, as": "# The image that carries envseal, as",
    "docs/container.md": "docs/container.md of envseal",
  })
}

const lastOfApp = "!vendor\n"

/** With the folders that were let in for the app's own code. */
function dockerignore(text: string): string {
  const more = letInBy(text).map((name) => `!${name}\n`)
  return firstTemplateFiles.dockerignore.replace(lastOfApp, () => lastOfApp + more.join(""))
}

/** The folders that a `.dockerignore` of then let in for the app's own code. */
export function letInBy(text: string): readonly string[] {
  const [, more = ""] = /^!vendor\n((?:!(?!\.env)\S+\n)*)/m.exec(text) ?? []
  return more.split("\n").flatMap((line) => (line === "" ? [] : [line.slice(1)]))
}

const heading = `# Copy it to the top of the app's repository, with Dockerfile, boot.sh, php-fpm.conf and .dockerignore of docker/ and
# envseal.yaml of docker/app/ beside it, and put your own names in. The project`

const before = `      # composer install, npm run build and tests go before this: they need no configuration of the environment.
`

const withComposer = `      # npm run build and tests go here too: they need no configuration of the environment.
      - |
        set -euo pipefail
        # What the app stands on, unless it is in the repository.
        if [ ! -e vendor/autoload.php ]; then
          composer install --no-dev --no-interaction --prefer-dist --optimize-autoloader
        fi
`

function buildspecs(text: string, sites: readonly [FirstSite, ...FirstSite[]]): readonly string[] {
  const [{ site }] = sites
  const { repository, app } = site
  const baseImage = baseImageIn(text)
  const binaryImage = binaryImageIn(text) ?? `${binaryImageFor(repository)}@sha256:${zeros}`
  const names = sites.map((one) => one.site.environment).join(" | ")
  return [withComposer, before].map((install) =>
    replaceNames(firstTemplateFiles.buildspec, {
      [heading]: "# The project",
      "ENVSEAL_ENVIRONMENT: production": `ENVSEAL_ENVIRONMENT: ${yamlScalar(site.environment)}`,
      "# docker/envseal.Dockerfile in a registry.": "# The image that carries envseal.",
      [`111122223333.dkr.ecr.eu-west-1.amazonaws.com/envseal@sha256:${zeros}`]: binaryImage,
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop": repository,
      "BASE_IMAGE: php:8.4-fpm": `BASE_IMAGE: ${baseImage}`,
      "ENVSEAL_LIBC: glibc": `ENVSEAL_LIBC: ${libcOf(baseImage)}`,
      "production | staging)": `${names})`,
      "aws-sm:shop/": `aws-sm:${app}/`,
      [before]: install,
    }),
  )
}

function manifests(path: string, text: string, { site, context }: FirstSite): readonly string[] {
  const folder = `kubernetes/${site.environment}/`
  const base = resourceName(site.app)
  switch (path) {
    case `${folder}service-account.yaml`:
      return [withAccountNames(firstTemplateFiles.serviceAccount, site)]
    case `${folder}web.yaml`: {
      const web = replaceNames(firstTemplateFiles.web, {
        "shop-nginx": `${base}-nginx`,
        "path: /health,": `path: ${healthPathIn(text) ?? "/up"},`,
      })
      return workloads(web, "web", site, context)
    }
    case `${folder}worker.yaml`:
      return workloads(firstTemplateFiles.worker, "worker", site, context)
    case `${folder}schedule.yaml`:
      return workloads(firstTemplateFiles.schedule, "schedule", site, context)
    default:
      return []
  }
}

function workloads(
  text: string,
  part: WorkloadPart,
  site: Site,
  context: FirstSite["context"],
): readonly string[] {
  const named = replaceNames(withPodNames(text, part, site, context), {
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@": `${site.repository}@`,
  })
  return pinned(named, site.kmsKey)
}

/** Without the key, as it was written when there was none, and with it as the person was told to put it in later. */
function pinned(text: string, kmsKey: string | null): readonly string[] {
  const note = "# Once there is a KMS key, put its ARN here, and under kmsKeys in envseal.yaml:"
  const forms = (indent: string): string[] => [
    `${indent}${note}\n${indent}# - { name: ENVSEAL_KMS_KEY, value: ARN }`,
    ...(kmsKey === null
      ? []
      : [
          `${indent}- name: ENVSEAL_KMS_KEY\n${indent}  value: ${kmsKey}`,
          `${indent}${note}\n${indent}- { name: ENVSEAL_KMS_KEY, value: ${kmsKey} }`,
          `${indent}- { name: ENVSEAL_KMS_KEY, value: ${kmsKey} }`,
        ]),
  ]
  const indent = pinPattern.exec(text)?.[1] ?? ""
  return forms(indent).map((form) => text.replace(pinPattern, () => form))
}
