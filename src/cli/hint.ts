/** In the place of a blank at which no line is broken. No text has it that is safe for a terminal. */
export const heldBlank = "\0"

/**
 * A hint in which what is to be copied has {@link heldBlank} for its blanks: a hint ends in a command, or in what to write,
 * after its last colon. Where a sentence goes on there, with a comma or a semicolon, nothing is to be copied as a whole.
 */
export function withoutBreaks(hint: string): string {
  const at = hint.lastIndexOf(": ") + 2
  const end = hint.slice(at)
  return at < 2 || /[,;] /.test(end) ? hint : hint.slice(0, at) + end.replaceAll(" ", heldBlank)
}

/** A note or a warning that ends in a command of ours, after its last colon: the same is done with the command. */
export function withCommandWhole(text: string): string {
  const at = text.lastIndexOf(": envseal ") + 2
  return at < 2 || /[,;] /.test(text.slice(at))
    ? text
    : text.slice(0, at) + text.slice(at).replaceAll(" ", heldBlank)
}
