import { unknownPart } from "./expansion.ts"

/** Ends of names that say: not the real one, or not in plaintext. */
const harmless =
  /(?:^|[._-])(?:sealed|encrypted|enc|gpg|pgp|asc|age|sops|vault|example|sample|dist|template|tpl|tmpl|stub|schema|blank|empty)(?:[._-]|$)/i

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
