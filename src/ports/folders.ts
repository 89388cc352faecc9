/** What files there are below a folder. */
export interface Folders {
  /**
   * The files below a folder whose name ends like this, links not followed. Not looked into: what a
   * package manager or a tool put there, and what is far too deep.
   *
   * @param root empty for the working directory, else it ends with `/`.
   * @param endings such as `.yaml`.
   * @returns paths with `/` that begin with `root`, sorted; at most some thousands.
   */
  files(root: string, endings: readonly string[]): Promise<readonly string[]>
}
