/** In the place of a blank at which no line is broken. No text has it that is safe for a terminal. */
export const heldBlank = "\0"

/** How what is to be copied begins: a program, perhaps behind a variable of its own, or JSON. */
const copied =
  /^(?:[A-Z_]+=\S+ )?(?:envseal|aws|kubectl|docker|terraform|git|npm|npx|echo|chmod|chown|mkdir|sudo|apt|apt-get)\b|^\{/

/**
 * A text in which what is to be copied has {@link heldBlank} for its blanks: a hint or a note may end in a command, or in
 * what to write, after its last colon. Where a sentence goes on there, with a comma or a semicolon, nothing is to be
 * copied as a whole.
 */
export function withoutBreaks(text: string): string {
  const at = text.lastIndexOf(": ") + 2
  const end = text.slice(at)
  return at < 2 || !copied.test(end) || /[,;] /.test(end)
    ? text
    : text.slice(0, at) + end.replaceAll(" ", heldBlank)
}
