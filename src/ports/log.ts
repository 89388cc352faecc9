/** What envseal says while it works. No text given to it may hold a value. */
export interface Log {
  /** Something that works but deserves a look. */
  warn(text: string): void
  /** Details that only `--debug` shows. */
  debug(text: string): void
}
