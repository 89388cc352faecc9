/** What an editor left, or the signal that ended the wait for it. */
export type EditedText =
  | { readonly type: "text"; readonly bytes: Uint8Array }
  | { readonly type: "ended"; readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP" }

/** Somebody who edits a text, in a place that nobody else can look into. */
export interface TextEditor {
  /**
   * Waits until the text has been edited.
   *
   * @param line where to begin, from 1; `null` for wherever the editor does.
   * @throws EnvsealError `EDITOR_FAILED`, `COMMAND_NOT_FOUND`, `COMMAND_NOT_EXECUTABLE`, `INPUT_TOO_LARGE` or
   * `WRITE_FAILED`.
   */
  edit(bytes: Uint8Array, line: number | null): Promise<EditedText>
}
