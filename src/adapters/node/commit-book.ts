import { execFile } from "node:child_process"
import { childEnvironment } from "../../core/child-environment.ts"
import type { CommitBook } from "../../ports/commits.ts"

const timeoutMs = 10_000

/** By `git` in the working directory. What git cannot say, whatever the reason, is not known. */
export const gitCommits: CommitBook = {
  async subject(commit) {
    if (!isCommit(commit)) return null
    const line = await ask(["log", "--max-count=1", "--no-show-signature", "--format=%s", commit, "--"])
    return line === "" ? null : line
  },
  async distance(from, to) {
    if (!isCommit(from) || !isCommit(to)) return null
    const counts = await ask(["rev-list", "--count", "--left-right", `${from}...${to}`, "--"])
    const [, behind, ahead] = /^(\d+)\t(\d+)$/.exec(counts ?? "") ?? []
    return ahead === undefined ? null : { ahead: Number(ahead), behind: Number(behind) }
  },
}

/** Anything else could be an option of git, or mean another commit here. */
function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text)
}

/** @returns `null` when git has no answer. */
function ask(args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    // A clone without its blobs or history must not fetch them for this.
    const env = { ...childEnvironment(process.env), GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1" }
    execFile("git", args, { env, timeout: timeoutMs }, (error, stdout) => {
      resolve(error === null ? stdout.trim() : null)
    })
  })
}
