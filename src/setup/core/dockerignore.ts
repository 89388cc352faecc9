import { templateFiles } from "./template-files.ts"

const lastOfApp = "!vendor\n"

/**
 * A `.dockerignore` that lets in what a Laravel app has, and nothing else.
 *
 * @param more what else at the top of the repository the app loads, each a file or a folder.
 */
export function dockerignoreFor(more: readonly string[]): string {
  const lines = new Set(templateFiles.dockerignore.split("\n"))
  const added = more.map((name) => `!${name}`).filter((line) => !lines.has(line))
  return templateFiles.dockerignore.replace(lastOfApp, () =>
    [lastOfApp, ...added.map((line) => `${line}\n`)].join(""),
  )
}
