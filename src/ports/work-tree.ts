/** What is at a path of the tree. Links are not followed, on the way neither. */
export type PlaceState =
  | { readonly type: "nothing" }
  | { readonly type: "file"; readonly bytes: Uint8Array }
  /** No file can be made there, because of what is at `path`, which is that path or on the way to it. */
  | { readonly type: "blocked"; readonly path: string; readonly by: "folder" | "link" | "file" | "device" }

/** A file to write. */
export interface Change {
  /** From the top of the tree, with `/`. */
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable: boolean
  /** What was seen of the file that this is written over; `null` where there is none. */
  readonly replaces: Uint8Array | null
}

/** The files of the user's repository. */
export interface WorkTree {
  /** @throws EnvsealError `INPUT_UNREADABLE` or `INPUT_TOO_LARGE`. */
  look(path: string): Promise<PlaceState>
  /**
   * Writes all, and makes the folders that they need. After a failure everything is as it was.
   *
   * @throws EnvsealError `TARGET_EXISTS` for a file that has come to be or was changed meanwhile, or `WRITE_FAILED`.
   */
  write(changes: readonly Change[]): Promise<void>
}
