/** How far one commit is from another. */
export interface CommitDistance {
  /** Commits that only the second one has. */
  readonly ahead: number
  /** Commits that only the first one has. */
  readonly behind: number
}

/** What the working directory's repository knows of commits. Nobody else is asked. */
export interface CommitBook {
  /** @param commit whole id. @returns its first line; `null` when it is not known here. */
  subject(commit: string): Promise<string | null>
  /** @returns `null` when one of the commits is not known here. */
  distance(from: string, to: string): Promise<CommitDistance | null>
}
