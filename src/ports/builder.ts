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
