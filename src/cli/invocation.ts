/** What a command has to tell the process when it did not fail. */
export interface AnswerStatus {
  status: number
}

/** The parts of the command line that are not options: what stands after `--`, and where to leave the status. */
export interface Invocation {
  /** `null` when there is no `--`. */
  readonly command: readonly string[] | null
  readonly outcome: AnswerStatus
}
