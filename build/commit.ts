import { execFileSync } from "node:child_process"

/**
 * The commit that is built, as 12 hexadecimal digits, with `-dirty` after it when files differ from it; `unknown`
 * outside a repository.
 */
export function commitOf(folder: string): string {
  try {
    const changed = git(folder, "status", "--porcelain", "--untracked-files=no") !== ""
    return `${git(folder, "rev-parse", "--short=12", "HEAD")}${changed ? "-dirty" : ""}`
  } catch {
    return "unknown"
  }
}

/** When the commit was made, in seconds since 1970: the time of all that is built from it. 0 outside a repository. */
export function commitTime(folder: string): number {
  try {
    return Number(git(folder, "log", "-1", "--format=%ct"))
  } catch {
    return 0
  }
}

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim()
}
