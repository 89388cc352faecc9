/** What files there are below a folder. */
export interface Folders {
  /**
   * The files below the working directory whose name ends like this, links not followed. Not looked into: what a
   * package manager or a tool put there, and what is far too deep.
   *
   * @param endings such as `.yaml`.
   * @returns paths with `/`, sorted; at most some thousands.
   */
  files(endings: readonly string[]): Promise<readonly string[]>
}
