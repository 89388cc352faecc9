/** What the repository says of the build. */
export interface AtHand {
  /** URL of its remote; `null` for none. */
  readonly origin: string | null
  /** Text of the buildspec that the project builds, or else of `buildspec.yaml`; `null` for none. */
  readonly buildspec: string | null
  /** Where that is; `buildspec.yaml` when left out. */
  readonly file?: string
  /** The buildspecs at the top of the repository, when the one that the project names is not there. */
  readonly others?: readonly string[]
  /** Texts of the repository's scripts, by path. */
  readonly scripts?: ReadonlyMap<string, string>
}
