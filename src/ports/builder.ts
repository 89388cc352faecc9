import type { Build, BuildProject } from "../core/build.ts"

/** What a build is started with. */
export interface BuildRequest {
  readonly project: string
  /** A commit, or another version that the source knows. */
  readonly sourceVersion: string | null
  /** Plain variables that are set for it. */
  readonly variables: Readonly<Record<string, string>>
  /** One for each run of envseal: a repeated request with the same token starts no second build. */
  readonly token: string
}

/**
 * A service that builds images. Every method throws an `EnvsealError`: `ACCESS_DENIED`, `NO_CREDENTIALS`,
 * `CREDENTIALS_REFUSED`, `THROTTLED`, `REMOTE_FAILED` or what is named beside it.
 */
export interface Builder {
  /** @returns `null` when there is none of that name. */
  project(name: string): Promise<BuildProject | null>
  /** Repeats itself until it is answered. @throws `BUILD_NOT_STARTED` when the service refuses. */
  start(request: BuildRequest): Promise<Build>
  /** Asks once; the caller repeats. @returns `null` when there is no build of that id. */
  read(id: string): Promise<Build | null>
  /** @returns the build, stopped or ended before. */
  stop(id: string): Promise<Build | null>
}

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
