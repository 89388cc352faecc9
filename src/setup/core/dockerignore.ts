import { buildFileLines } from "./dockerfile.ts"
import type { OctaneServer } from "./octane.ts"
import { templateFiles } from "./template-files.ts"
import { replaceNames } from "./template-text.ts"

const fpmLine = "!php-fpm.conf\n"
const lastOfApp = "!vendor\n"

/** What else at the top of the repository comes into the image. */
export interface LetIn {
  /** What the app loads besides what every Laravel app has, each a file or a folder. */
  readonly loaded: readonly string[]
  /** Whether assets are built. */
  readonly hasAssets: boolean
  /** The server of Octane; `null` for php-fpm. */
  readonly server: OctaneServer | null
}

/** A `.dockerignore` that lets in what a Laravel app has, and nothing else. */
export function dockerignoreFor({ loaded, hasAssets, server }: LetIn): string {
  const lines = new Set(templateFiles.dockerignore.split("\n"))
  const own = server === "roadrunner" ? ["!.rr.yaml"] : []
  // An update finds what builds assets among what is let in already.
  const more = new Set([...loaded.map((name) => `!${name}`), ...own, ...(hasAssets ? buildFileLines : [])])
  const added = [...more].filter((line) => !lines.has(line))
  const text = templateFiles.dockerignore.replace(lastOfApp, () =>
    [lastOfApp, ...added.map((line) => `${line}\n`)].join(""),
  )
  return server === null ? text : replaceNames(text, { [fpmLine]: "" })
}
