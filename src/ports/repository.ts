/** The source of the app, to turn the name of a branch into the commit it stands for now. */
export interface SourceRepository {
  /**
   * @param location URL of the repository, or `null` for the one of the working directory (its `origin`).
   * @param name a branch or a tag, also as `refs/heads/…` or `origin/…`; `pr/12`; or the beginning of a commit id.
   * @throws EnvsealError `COMMIT_UNKNOWN` when the repository cannot be asked.
   */
  resolve(location: string | null, name: string): Promise<Resolution>
}

/** What a name stands for. */
export type Resolution =
  /** @property commit a whole commit id. */
  | { readonly type: "commit"; readonly commit: string }
  /** A pull request whose commit is on no branch of the repository. */
  | { readonly type: "fork"; readonly commit: string }
  /** Several commits begin so. */
  | { readonly type: "several" }
  | { readonly type: "nothing" }

/** Where the working directory's repository comes from. */
export interface Origin {
  /** @returns URL of the remote `origin`; `null` without a repository, or without such a remote. */
  origin(): Promise<string | null>
}
