/**
 * The URL of `origin` in a repository's `.git/config` (git-config, "Syntax").
 *
 * @returns it without the user and password that an https URL can have; `null` when there is no origin.
 */
export function originOf(config: string): string | null {
  const [, section = ""] = /^\[remote "origin"\][^\S\n]*\n((?:(?!\[).*\n?)*)/m.exec(config) ?? []
  const [, url] = /^\s*url\s*=\s*(\S+)\s*$/m.exec(section) ?? []
  return url?.replace(/^(https?:\/\/)[^/@]*@/, "$1") ?? null
}

/** The last step of a repository's URL, without `.git`; `null` when it has none. */
export function repositoryNameOf(url: string): string | null {
  const [, name] = /[/:]([^/:]+?)(?:\.git)?\/?$/.exec(url) ?? []
  return name ?? null
}

/** The branch that a file such as `.git/HEAD` or `.git/refs/remotes/origin/HEAD` names; `null` for a commit. */
export function branchOf(head: string): string | null {
  const [, name] = /^ref: refs\/(?:heads|remotes\/origin)\/(\S+)\s*$/.exec(head) ?? []
  return name ?? null
}

/** What must not be committed: plaintext, and what every build makes again. */
const wanted: readonly { readonly line: string; readonly covers: readonly string[] }[] = [
  { line: ".env", covers: [".env", "/.env", ".env*", "/.env*"] },
  {
    line: ".env.sealed",
    covers: [".env.sealed", "/.env.sealed", ".env*", "/.env*", ".env.*", "/.env.*", "*.sealed"],
  },
]

/** Its interpreter would be looked for under a name that ends with a carriage return. */
const lineEnds = "boot.sh text eol=lf"

/**
 * A `.gitattributes` by which `boot.sh` keeps its line ends in every checkout.
 *
 * @param before the file as it is; `null` when there is none.
 * @returns `before` with what it lacks at its end.
 */
export function gitattributesWith(before: string | null): string {
  const keeps = (before ?? "")
    .split(/\r?\n/)
    .some((line) => /^\s*(?:\*|\*\.sh|\/?boot\.sh)\s(?:.*\s)?eol=lf(?:\s|$)/.test(line))
  return keeps && before !== null ? before : `${ended(before)}${lineEnds}${lineEndOf(before)}`
}

/**
 * A `.gitignore` in which `.env` and `.env.sealed` are.
 *
 * @param before the file as it is; `null` when there is none.
 * @returns `before` with what it lacks at its end.
 */
export function gitignoreWith(before: string | null): string {
  const lines = new Set((before ?? "").split("\n").map((line) => line.trim()))
  const missing = wanted.filter(({ covers }) => !covers.some((line) => lines.has(line)))
  return missing.length === 0 && before !== null
    ? before
    : ended(before) + missing.map(({ line }) => line + lineEndOf(before)).join("")
}

/** A text whose last line has an end. */
function ended(text: string | null): string {
  return text === null || text === "" || text.endsWith("\n") ? (text ?? "") : text + lineEndOf(text)
}

/** As git writes it into a checkout for Windows, where the file has it so. */
function lineEndOf(text: string | null): string {
  return text?.includes("\r\n") ? "\r\n" : "\n"
}
