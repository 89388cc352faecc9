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
