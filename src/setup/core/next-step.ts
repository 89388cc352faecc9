/** Something that is left to do. */
export interface NextStep {
  readonly what: string
  /** Commands to paste; none for what is done in an editor. */
  readonly commands: readonly string[]
}
