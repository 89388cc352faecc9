/** The source of the app, to turn the name of a branch into the commit it stands for now. */
export interface SourceRepository {
  /**
   * @param location URL of the repository, or `null` for the one of the working directory (its `origin`).
   * @param name a branch or a tag.
   * @returns the whole commit id, or `null` when there is no such branch or tag.
   * @throws EnvsealError `COMMIT_UNKNOWN` when the repository cannot be asked.
   */
  resolve(location: string | null, name: string): Promise<string | null>
}

/** Where the working directory's repository comes from. */
export interface Origin {
  /** @returns URL of the remote `origin`; `null` without a repository, or without such a remote. */
  origin(): Promise<string | null>
}
