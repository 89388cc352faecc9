/** What envseal says while it works. No text given to it may hold a value. */
export interface Log {
  /** Something that works but deserves a look. */
  warn(text: string): void
  /** Details that only `--debug` shows. */
  debug(text: string): void
}

/** What a process waits for, so that what ends it can say what it waited for in vain. */
export interface Activity {
  /** @param what a phrase such as `KMS in eu-west-1 (kms:Decrypt)`. */
  begin(what: string): void
  /**
   * The attempt that runs failed and will be made again.
   *
   * @param answered false when it waited in vain until a limit of time.
   */
  failed(why: string, answered: boolean): void
}
