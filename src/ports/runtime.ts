/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A program to run, found and checked. */
export interface Program {
  /** Absolute path of the file to execute. */
  readonly file: string
  /** The whole argument vector, the name it was called by first. */
  readonly argv: readonly string[]
}

/** Starts the app's own process. */
export interface Launcher {
  /**
   * Finds a command as a shell would.
   *
   * @throws `COMMAND_NOT_FOUND` or `COMMAND_NOT_EXECUTABLE`.
   */
  find(command: string, args: readonly string[], environment: Environment): Program
  /**
   * Becomes the program: same process id, default signal dispositions, no descriptors of ours. Where the
   * platform cannot do that, it runs the program, forwards signals and waits.
   *
   * @returns the status to exit with, only where the platform cannot replace the process.
   * @throws `ENVIRONMENT_TOO_LARGE`, naming the largest variables.
   */
  become(program: Program, environment: Environment): Promise<number>
}
