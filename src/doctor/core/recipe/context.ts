/** What is known of the folder that a build sends to Docker. Paths have no `./` before them. */
export interface BuildContext {
  /** The files that may matter: of configuration, and scripts. */
  readonly files: ReadonlyMap<string, string>
  /** Whether `.dockerignore` keeps a path out. */
  isIgnored(path: string): boolean
}

/** A folder that nothing is known of. */
export const unknownContext: BuildContext = { files: new Map(), isIgnored: () => false }
