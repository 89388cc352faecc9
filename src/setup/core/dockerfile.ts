import type { App } from "./app.ts"
import { type AssetBuild, assetCommands } from "./node-package.ts"
import { octaneRecipe } from "./octane-image.ts"
import { templateFiles } from "./template-files.ts"
import { replaceNames } from "./template-text.ts"

/** A C library, and with it one of the two binaries for Linux. */
export type Libc = "glibc" | "musl"

/** The library that an image's programs stand on, by its name: musl for Alpine. */
export function libcOf(baseImage: string): Libc {
  return /alpine/.test(baseImage) ? "musl" : "glibc"
}

/** What of an app its image depends on. */
export type ImageNeeds = Pick<App, "assets" | "extensions" | "publicNames" | "server">

/** What builds assets and is of no use afterwards, as patterns of a shell. */
const buildFiles = [
  ...["package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"],
  ...["pnpm-workspace.yaml", ".yarnrc.yml", ".yarn"],
  ...["*.config.js", "*.config.mjs", "*.config.cjs", "*.config.ts", "webpack.mix.js"],
  ...["tsconfig*.json", "jsconfig.json"],
] as const

/** What the image written here gives the app, and `.env.example` of a new app of Laravel has: where the log goes. */
const imageNames = ["LOG_CHANNEL"]

/** Which names of `.env.example` a Dockerfile gives the app, so that a secret need not have them. */
export function namesGivenBy(text: string): string[] {
  return imageNames.filter((name) => new RegExp(`^(?!\\s*#)(?:.*\\s)?${name}[= ]`, "m").test(text))
}

const composerArgument = "ARG COMPOSER_IMAGE=public.ecr.aws/docker/library/composer:2\n"
const appStage = `# The app without its configuration, so that each is its own layer.
FROM dependencies AS app
`

/** The Dockerfile of an app whose image starts from another one. */
export function dockerfileFor(baseImage: string, needs: ImageNeeds): string {
  const { extensions, assets, publicNames, server } = needs
  const recipe =
    server === null ? templateFiles.dockerfile : replaceNames(templateFiles.dockerfile, octaneRecipe(server))
  return replaceNames(recipe, {
    "ARG BASE_IMAGE=public.ecr.aws/docker/library/php:8.4-fpm\n": `ARG BASE_IMAGE=${baseImage}\n`,
    "ARG ENVSEAL_LIBC=glibc": `ARG ENVSEAL_LIBC=${libcOf(baseImage)}`,
    "# docker/envseal.Dockerfile, as": "# The image that carries envseal, as",
    // Octane's names no page.
    ...(server === null ? { "docs/container.md": "docs/container.md of envseal" } : {}),
    '"opcache pcntl"': `"${extensions.map(({ name }) => name).join(" ")}"`,
    [composerArgument]:
      assets === null
        ? composerArgument
        : `${composerArgument}ARG NODE_IMAGE=public.ecr.aws/docker/library/node:${assets.node}\n`,
    [appStage]: assets === null ? appStage : assetStage(assets, publicNames),
  })
}

function assetStage(assets: AssetBuild, publicNames: readonly string[]): string {
  const note =
    publicNames.length === 0
      ? ""
      : "# What has these names ends up in scripts that every visitor gets. It is the build's own, and never of the secret.\n"
  return `# Style sheets and scripts. The app's packages are there too: some bring sources of their own.
FROM \${NODE_IMAGE} AS assets
WORKDIR /app
COPY --from=dependencies /app .
${note}${publicNames.map((name) => `ARG ${name}\n`).join("")}RUN ${assetCommands(assets).join(" && ")}

${appStage}COPY --from=assets /app/public public
RUN rm -rf ${buildFiles.join(" ")}
`
}

/** Lines of a `.dockerignore` that let in what builds assets. */
export const buildFileLines: readonly string[] = buildFiles.map((name) => `!${name}`)
