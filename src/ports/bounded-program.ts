/** What a program that is run on the way may take. Times in milliseconds. */
export interface ProgramLimits {
  /** How long it may run. */
  readonly timeoutMs: number
  /** How long its output may stay open once it has ended. */
  readonly leftoverMs: number
  /** Of each of its outputs. */
  readonly maxBytes: number
}

/** How such a program ended. */
export type ProgramEnd =
  | { readonly type: "exited"; readonly status: number | null }
  | { readonly type: "late" }
  | { readonly type: "talkative" }
  /** It could not be started. */
  | { readonly type: "unstarted"; readonly error: Error }

export interface ProgramRun {
  readonly end: ProgramEnd
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program to its end, without input and terminal, and ends it with all that it began when it takes too long or
 * leaves something behind that holds its output open.
 *
 * @param variables all that it gets, but for what opens an envelope.
 */
export type RunProgram = (
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  limits: ProgramLimits,
) => Promise<ProgramRun>
