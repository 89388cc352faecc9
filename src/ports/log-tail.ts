/** The log of a build, a page at a time. */
export interface LogTail {
  /**
   * Asks once; the caller repeats.
   *
   * @param cursor of the page before, or `null` for the first page.
   * @returns `null` when there is no such group or stream, which is usual in the first seconds of a build. The
   * end is reached when a page is empty and its cursor is the one that was given; more can be written later.
   * @throws EnvsealError as a `Builder` does.
   */
  read(group: string, stream: string, cursor: string | null): Promise<LogPage | null>
}

export interface LogPage {
  readonly lines: readonly LogLine[]
  readonly cursor: string
}

/** A line as the build wrote it: not safe for a terminal. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly atMs: number
  readonly text: string
}
