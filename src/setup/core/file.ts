/** A file that is to be written, and has not been yet. */
export interface NewFile {
  /** From the top of the repository, with `/`. */
  readonly path: string
  /** Ends with a line feed. */
  readonly text: string
  /** Whether it is a program, which the file's mode says. */
  readonly executable: boolean
}
