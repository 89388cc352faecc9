import type { PlannedFile } from "./surroundings.ts"

/** How a file that holds a secret is to be written. */
export interface SecretFile {
  /** Permission bits, such as `0o400`. */
  readonly mode: number
  /** Who owns it: numbers or names, as in `chown`. `null` keeps the running user. */
  readonly owner: string | null
  /** Refuse any target that is not in memory. */
  readonly requireTmpfs: boolean
}

/** A file with a secret that was written. */
export interface WrittenSecret {
  /** Links resolved. */
  readonly path: string
  /** Removes it again, when nobody is to read it after all. Does not throw. */
  undo(): void
  /** Resolves once no process that watched over it is left. */
  readonly settled: Promise<void>
}

/**
 * Where a file with a secret is going to be. Its folder is held for as long as the process runs: who puts another one in its
 * place changes nothing.
 */
export interface PlannedSecret extends PlannedFile {
  /**
   * Puts the file there in one step, with the mode and the owner of the plan; after a failure the old file stands, or none.
   * Resolves before a signal can be handled, so that the caller can see to it that the file is removed when one was sent.
   *
   * @throws `WRITE_FAILED`.
   */
  write(bytes: Uint8Array): Promise<WrittenSecret>
}

/** The files of the machine. Every failure is an `EnvsealError` that names the path. */
export interface Files {
  /** @throws `INPUT_UNREADABLE` or `INPUT_TOO_LARGE`. */
  read(path: string, limitBytes: number): Promise<Uint8Array>
  /** Like {@link read}, for the process's standard input. */
  readStdin(limitBytes: number): Promise<Uint8Array>
  /** True when there is a file to read at the path. */
  exists(path: string): Promise<boolean>
  /** Whether two paths lead to the same file; false when one of them leads to none. */
  isSame(one: string, other: string): Promise<boolean>
  /** Whether every user of the machine may read the file. */
  isPublic(path: string): Promise<boolean>
  /**
   * Whether somebody could have put the file there for others to find: it belongs neither to root, nor to the running
   * user, nor to the owner of the working directory, where not all can write to that.
   */
  isPlanted(path: string): Promise<boolean>
  /**
   * Writes beside the target and renames, so that a failure leaves the old file or none. A symbolic link at
   * the target is followed, but for another user's in a folder that all can write to, such as `/tmp`.
   *
   * @throws `TARGET_UNSAFE` or `WRITE_FAILED`.
   */
  replace(path: string, bytes: Uint8Array, mode: number): Promise<void>
  /**
   * Walks the way to a secret that is going to be written, and looks whether it may be. Refused is a link, a folder or a file
   * on it that another user could have put there, and what is not in memory where that is required.
   *
   * @throws `TARGET_UNSAFE`, `WRITE_FAILED`, or `USAGE` for an owner that is not known.
   */
  planSecret(path: string, file: SecretFile): Promise<PlannedSecret>
  /**
   * Writes a new file with mode 0600.
   *
   * @throws `TARGET_EXISTS` or `WRITE_FAILED`.
   */
  createSecret(path: string, bytes: Uint8Array): Promise<void>
}

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
