import { execFile } from "node:child_process"
import { childEnvironment } from "../../core/child-environment.ts"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Origin, SourceRepository } from "../../ports/repository.ts"

const timeoutMs = 30_000
const maxBytes = 4 * 1024 * 1024

/** Asks a repository by `git ls-remote`, with whatever access git has on this machine. It asks for no password. */
export const gitRepository: SourceRepository = {
  async resolve(location, name) {
    const remote = location ?? "origin"
    const lines = (await lsRemote(remote, name)).trim().split("\n")
    const commits = new Map(lines.map((line) => line.split("\t")).map(([id = "", ref = ""]) => [ref, id]))
    // A tag that is an object of its own is followed by the commit it stands for.
    const refs = [`refs/heads/${name}`, `refs/tags/${name}^{}`, `refs/tags/${name}`]
    return refs.map((ref) => commits.get(ref)).find((id) => id !== undefined && id !== "") ?? null
  },
}

/** By `git remote get-url`, which asks nobody. */
export const gitOrigin: Origin = {
  origin() {
    return new Promise((resolve) => {
      const settings = { env: childEnvironment(process.env), timeout: timeoutMs }
      execFile("git", ["remote", "get-url", "origin"], settings, (error, stdout) => {
        const url = stdout.trim()
        resolve(error === null && url !== "" ? url : null)
      })
    })
  },
}

function lsRemote(remote: string, name: string): Promise<string> {
  const args = ["ls-remote", "--", remote, `refs/heads/${name}`, `refs/tags/${name}`, `refs/tags/${name}^{}`]
  const env = { ...childEnvironment(process.env), GIT_TERMINAL_PROMPT: "0" }
  return new Promise((resolve, reject) => {
    execFile("git", args, { env, timeout: timeoutMs, maxBuffer: maxBytes }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(unasked(remote, error, stderr))
    })
  })
}

function unasked(remote: string, error: Error, stderr: string): EnvsealError {
  const missing = systemCode(error) === "ENOENT"
  const said = stderr.trim().split("\n").at(-1) ?? ""
  const shown = printable(withoutPasswords(remote))
  const why = missing ? "git is not installed" : printable(withoutPasswords(said), 300)
  return new EnvsealError("COMMIT_UNKNOWN", `the repository ${shown} could not be asked: ${why}`, {
    hint: "run it in the app's repository, set build.repository in envseal.yaml, or give the commit: --commit ID",
  })
}

/** A URL can have a password in it, and that an `@`. */
function withoutPasswords(text: string): string {
  return text.replace(/\/\/[^/\s'"]*@/g, "//")
}
