import { isGivenValue, isSecretName } from "../../../core/secret-name.ts"
import { unknownPart } from "./expansion.ts"

/** Ends of names that say: not the real one, or not in plaintext. */
const harmless =
  /(?:^|[._-])(?:sealed|encrypted|vault|example|sample|dist|template|tpl|tmpl|stub|schema|blank|empty)(?:[._-]|$)/i

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1)
}

/** Whether a file of that name has an app's configuration in plaintext: `.env`, `.env.production`, `prod.env`. */
export function isPlainName(path: string): boolean {
  const name = baseName(path)
  if (isHarmlessName(name)) return false
  return /^\.env(?:[._-].*)?$/.test(name.replaceAll(unknownPart, "x")) || /^[\w.-]+\.env$/.test(name)
}

/** Whether a name says that the file is an example, or ciphertext. */
export function isHarmlessName(path: string): boolean {
  return harmless.test(baseName(path))
}

/**
 * The names in a text of `.env` that have a value and are likely to hold a secret.
 *
 * @param countsReferences whether `DB_PASSWORD=$DB_PASSWORD` is one: where a shell or a build replaces it.
 */
export function secretNamesIn(text: string, countsReferences: boolean): readonly string[] {
  const names = [
    ...text.matchAll(/^[ \t]*(?:export[ \t]+)?["']?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$/gm),
  ]
    .filter(([, name = "", value = ""]) => isSecretName(name) && isValue(plainValue(value), countsReferences))
    .map(([, name = ""]) => name)
  return [...new Set(names)]
}

function plainValue(written: string): string {
  const [, , quoted] = /^(["'])(.*?)\1/.exec(written) ?? []
  return quoted ?? written.replace(/[ \t]+#.*$/, "").replace(/["']$/, "")
}

function isValue(value: string, countsReferences: boolean): boolean {
  const isReference = /^(?:\$\{?\w+\}?)+$/.test(value)
  return isGivenValue(value) && (countsReferences || !isReference)
}
