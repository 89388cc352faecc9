import { printable } from "./text.ts"

/** More than any word has. */
const maxLength = 4_000
const plain = /^[\w@%+=:,./-]+$/

/** One word as a POSIX shell takes it, for a command that is to be pasted. Control characters are escaped. */
export function shellWord(text: string): string {
  return plain.test(text) ? text : `'${printable(text, maxLength).replaceAll("'", "'\\''")}'`
}
