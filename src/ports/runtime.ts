/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A text as a process is given it: bytes where it is not UTF-8. */
export type RawText = string | Uint8Array

/** Names and values of variables, each name once. */
export type RawVariables = readonly (readonly [RawText, RawText])[]

/** A program to run, found and checked. */
export interface Program {
  /** Path of the file to execute. */
  readonly file: RawText
  /** The whole argument vector, the name it was called by first. */
  readonly argv: readonly RawText[]
}

/** Starts the app's own process. */
export interface Launcher {
  /**
   * Finds a command as a shell would.
   *
   * @param argv the command and its arguments; at least one.
   * @throws `COMMAND_NOT_FOUND`, `COMMAND_NOT_EXECUTABLE`, `ENVIRONMENT_TOO_LARGE`, or `NOT_TEXT` for what cannot be
   * handed on here.
   */
  find(argv: readonly RawText[], variables: RawVariables): Promise<Program>
  /**
   * Becomes the program: same process id, default signal dispositions, no descriptors of ours, and every argument and
   * variable byte for byte. Where the platform cannot do that, it runs the program, forwards signals and waits.
   *
   * @returns the status to exit with, only where the platform cannot replace the process.
   * @throws `ENVIRONMENT_TOO_LARGE`, naming the largest variables.
   */
  become(program: Program, variables: RawVariables): Promise<number>
}
