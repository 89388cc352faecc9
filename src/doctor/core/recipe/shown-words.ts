import { isGivenValue, isSecretName } from "../../../core/secret-name.ts"

const hidden = "…"

/** The words of a command, with `…` in the place of each that may hold a secret, by the name before it. */
export function shownWords(words: readonly string[]): readonly string[] {
  return words.map((word, at) => (hasValue(word) || isOption(words[at - 1] ?? "") ? hidden : word))
}

/** `DB_PASSWORD=…`, `--password=…`, also within the text of a shell. */
function hasValue(word: string): boolean {
  return [...word.matchAll(/(?:^|[\s"';&|(])-*([A-Za-z_][\w.-]*)=(\S*)/g)].some(
    ([, name = "", value = ""]) => isSecretName(name) && isGivenValue(value),
  )
}

/** `--password`, whose value is the next word. */
function isOption(word: string): boolean {
  const [, name = ""] = /^--?([A-Za-z][\w-]*)$/.exec(word) ?? []
  return isSecretName(name)
}
