/** How a file that holds a secret is to be written. */
export interface SecretFile {
  /** Permission bits, such as `0o400`. */
  readonly mode: number
  /** Who shall own it: numbers or names, as in `chown`. `null` keeps the running user. */
  readonly owner: string | null
  /** Refuse any target that is not in memory. */
  readonly requireTmpfs: boolean
}

/** The files of the machine. Every failure is an `EnvsealError` that names the path. */
export interface Files {
  /** @throws `INPUT_UNREADABLE` or `INPUT_TOO_LARGE`. */
  read(path: string, limitBytes: number): Promise<Uint8Array>
  /** Like {@link read}, for the process's standard input. */
  readStdin(limitBytes: number): Promise<Uint8Array>
  /** True when there is a file to read at the path. */
  exists(path: string): Promise<boolean>
  /**
   * Writes beside the target and renames, so that a failure leaves the old file or none. A symbolic link at
   * the target is followed.
   *
   * @throws `WRITE_FAILED`.
   */
  replace(path: string, bytes: Uint8Array, mode: number): Promise<void>
  /**
   * Like {@link replace}, and refuses a link, a folder or a file on the way that another user could have put
   * there.
   *
   * @returns the path that was written, links resolved.
   * @throws `TARGET_UNSAFE` or `WRITE_FAILED`.
   */
  replaceSecret(path: string, bytes: Uint8Array, file: SecretFile): Promise<string>
  /**
   * Writes a new file with mode 0600.
   *
   * @throws `TARGET_EXISTS` or `WRITE_FAILED`.
   */
  createSecret(path: string, bytes: Uint8Array): Promise<void>
}
