import { buildFileLines } from "./dockerfile.ts"
import { templateFiles } from "./template-files.ts"

const lastOfApp = "!vendor\n"

/** What else at the top of the repository comes into the image. */
export interface LetIn {
  /** What the app loads besides what every Laravel app has, each a file or a folder. */
  readonly loaded: readonly string[]
  /** Whether assets are built. */
  readonly hasAssets: boolean
}

/** A `.dockerignore` that lets in what a Laravel app has, and nothing else. */
export function dockerignoreFor({ loaded, hasAssets }: LetIn): string {
  const lines = new Set(templateFiles.dockerignore.split("\n"))
  // An update finds what builds assets among what is let in already.
  const more = new Set([...loaded.map((name) => `!${name}`), ...(hasAssets ? buildFileLines : [])])
  const added = [...more].filter((line) => !lines.has(line))
  return templateFiles.dockerignore.replace(lastOfApp, () =>
    [lastOfApp, ...added.map((line) => `${line}\n`)].join(""),
  )
}
