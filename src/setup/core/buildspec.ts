import { libcOf } from "./dockerfile.ts"
import type { Site } from "./site.ts"
import { binaryRepository } from "./stack.ts"
import { templateFiles } from "./template-files.ts"
import { replaceNames, yamlScalar } from "./template-text.ts"

/** What of a build is not in a {@link Site}. */
export interface BuildOptions {
  readonly baseImage: string
  /** The image that carries envseal, by its digest; `null` when nobody has pushed it yet. */
  readonly binaryImage: string | null
  /** Names that the asset build takes from the build's variables. */
  readonly publicNames: readonly string[]
}

const zeros = "0".repeat(64)

const heading = `# Copy it to the top of the app's repository, with Dockerfile, boot.sh, php-fpm.conf, php.ini and .dockerignore of docker/
# and envseal.yaml of docker/app/ beside it, and put your own names in. The project`

const libcArgument = `          --build-arg ENVSEAL_LIBC="$ENVSEAL_LIBC" \\
`

/** Where the image that carries envseal is, if nothing else is said: in the registry of the app's images. */
export function binaryImageFor(repository: string): string {
  return `${repository.split("/")[0]}/${binaryRepository}`
}

/** The image that carries envseal, as a buildspec names it; `null` when it names none by a digest. */
export function binaryImageIn(buildspec: string): string | null {
  return /^\s*ENVSEAL_BINARY: *["']?(\S+@sha256:[0-9a-f]{64})\b/m.exec(buildspec)?.[1] ?? null
}

/**
 * The buildspec of an app.
 *
 * @param sites its environments, at least one. The first is built when nothing else is said.
 */
export function buildspecFor(sites: readonly [Site, ...Site[]], options: BuildOptions): string {
  const [first] = sites
  const { repository, app } = first
  const binaryImage = options.binaryImage ?? `${binaryImageFor(repository)}@sha256:${zeros}`
  return replaceNames(templateFiles.buildspec, {
    [heading]: "# The project",
    "ENVSEAL_ENVIRONMENT: production": `ENVSEAL_ENVIRONMENT: ${yamlScalar(first.environment)}`,
    "# docker/envseal.Dockerfile in a registry.": "# The image that carries envseal.",
    [`111122223333.dkr.ecr.eu-west-1.amazonaws.com/envseal@sha256:${zeros}`]: binaryImage,
    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop": repository,
    "BASE_IMAGE: public.ecr.aws/docker/library/php:8.4-fpm": `BASE_IMAGE: ${options.baseImage}`,
    "ENVSEAL_LIBC: glibc": `ENVSEAL_LIBC: ${libcOf(options.baseImage)}`,
    "production | staging)": `${sites.map(({ environment }) => environment).join(" | ")})`,
    "aws-sm:shop/": `aws-sm:${app}/`,
    // A name alone takes the value of the build's variable, and nothing where there is none.
    [libcArgument]: [
      libcArgument,
      ...options.publicNames.map((name) => `          --build-arg ${name} \\\n`),
    ].join(""),
  })
}

/**
 * Where a buildspec lets only some environments through, as that of `envseal init` does: a pattern of `case` that has
 * an environment and not the new one.
 *
 * @param others the environments that there are.
 * @returns the line's number from one; `null` when there is no such line.
 */
export function gateLineIn(buildspec: string, others: readonly string[], name: string): number | null {
  const at = buildspec.split("\n").findIndex((line) => {
    const [, pattern] = /^\s*([\w. |-]+)\)\s*;;\s*$/.exec(line) ?? []
    const names = pattern?.split("|").map((one) => one.trim()) ?? []
    return others.some((other) => names.includes(other)) && !names.includes(name)
  })
  return at === -1 ? null : at + 1
}

/** The path that the readiness probe of a manifest asks for; `null` when it has none. */
export function healthPathIn(manifest: string): string | null {
  return /readinessProbe:\s+httpGet: \{ path: (\/[^\s,}]*),/.exec(manifest)?.[1] ?? null
}
