import { type ExecFileException, execFile } from "node:child_process"
import { childEnvironment } from "../../core/child-environment.ts"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Origin, Resolution, SourceRepository } from "../../ports/repository.ts"

const timeoutMs = 30_000
const mebibyte = 1024 * 1024
/** The most that is read of what git says. */
const maxOutputBytes = 4 * mebibyte

/**
 * Asks a repository by `git ls-remote`, with whatever access git has on this machine. It asks for no password. The
 * beginning of a commit id is looked for among the ends of all branches and tags, and in the working directory.
 */
export const gitRepository: SourceRepository = {
  async resolve(location, name) {
    const remote = location ?? "origin"
    const commits = await lsRemote(remote, patternsOf(name))
    const named = refsOf(name)
      .map((ref) => commits.get(ref))
      .find((id) => id !== undefined)
    if (named !== undefined) return { type: "commit", commit: named }
    const pull = pullOf(name)
    if (pull !== null) return pullRequest(pull, commits)
    if (!/^[0-9a-f]{4,39}$/.test(name)) return { type: "nothing" }
    return shortCommit(name, location)
  },
}

/** Where a name is looked for, the first that is there counts. An annotated tag stands for a commit. */
function refsOf(name: string): readonly string[] {
  if (name.startsWith("refs/") && !name.startsWith("refs/remotes/")) return [`${name}^{}`, name]
  const plain = name.replace(/^(?:refs\/)?(?:remotes\/)?origin\//, "")
  const all = [name, plain].flatMap((one) => [`refs/heads/${one}`, `refs/tags/${one}^{}`, `refs/tags/${one}`])
  // As git itself does for `heads/main` and `tags/v1`.
  return name.includes("/") ? [...all, `refs/${plain}^{}`, `refs/${plain}`] : all
}

/** Number of a pull request, as CodeBuild writes it: `pr/12`. */
function pullOf(name: string): string | null {
  return /^pr\/(\d+)$/.exec(name)?.[1] ?? null
}

/** How GitHub and Bitbucket, and how GitLab keep the end of a pull request. */
function pullRefs(number: string): readonly string[] {
  return [
    `refs/pull/${number}/head`,
    `refs/pull-requests/${number}/from`,
    `refs/merge-requests/${number}/head`,
  ]
}

function patternsOf(name: string): readonly string[] {
  const pull = pullOf(name)
  return [...new Set([...refsOf(name), ...(pull === null ? [] : [...pullRefs(pull), "refs/heads/*"])])]
}

/** CodeBuild fetches branches: a commit that only a pull request of a fork has is not among them. */
function pullRequest(number: string, commits: ReadonlyMap<string, string>): Resolution {
  const commit = pullRefs(number)
    .map((ref) => commits.get(ref))
    .find((id) => id !== undefined)
  if (commit === undefined) return { type: "nothing" }
  const branches = [...commits].filter(([ref, id]) => ref.startsWith("refs/heads/") && id === commit)
  return branches.length > 0 ? { type: "commit", commit } : { type: "fork", commit }
}

async function shortCommit(short: string, location: string | null): Promise<Resolution> {
  const ends = await branchesAndTags(location ?? "origin")
  const found = new Set([...ends].filter((id) => id.startsWith(short)))
  const local = location === null && found.size === 0 ? await revParse(short) : null
  const [commit, ...others] = local === null ? found : [local]
  if (commit === undefined) return { type: "nothing" }
  return others.length === 0 ? { type: "commit", commit } : { type: "several" }
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

/** Ids by the names of their refs, of a tag too. @throws EnvsealError `COMMIT_UNKNOWN`. */
async function lsRemote(remote: string, refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return idsByRef(await git(["ls-remote", "--", remote, ...refs], remote))
}

/** The commits at the ends of all branches and tags. CodeBuild fetches no other refs. */
async function branchesAndTags(remote: string): Promise<ReadonlySet<string>> {
  const ids = idsByRef(await git(["ls-remote", "--heads", "--tags", "--", remote], remote))
  // An annotated tag has an id of its own, and beside it that of its commit.
  return new Set([...ids].flatMap(([ref, id]) => (ids.has(`${ref}^{}`) ? [] : [id])))
}

function idsByRef(list: string): ReadonlyMap<string, string> {
  const pairs = list
    .trim()
    .split("\n")
    .map((line) => line.split("\t"))
  return new Map(pairs.flatMap(([id = "", ref = ""]) => (/^[0-9a-f]{40}$/.test(id) ? [[ref, id]] : [])))
}

/** The only commit of the working directory's repository whose id begins so; `null` when there is none. */
async function revParse(short: string): Promise<string | null> {
  try {
    const id = await git(["rev-parse", "--verify", "--quiet", `${short}^{commit}`], "of this folder")
    return /^[0-9a-f]{40}$/.test(id.trim()) ? id.trim() : null
  } catch (error) {
    if (error instanceof EnvsealError) return null
    throw error
  }
}

function git(args: readonly string[], remote: string): Promise<string> {
  // What git and ssh say is read here, so it has to be in one language.
  const env = { ...childEnvironment(process.env), GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" }
  return new Promise((resolve, reject) => {
    execFile("git", args, { env, timeout: timeoutMs, maxBuffer: maxOutputBytes }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(unasked(remote, error, stderr))
    })
  })
}

function unasked(remote: string, error: ExecFileException, stderr: string): EnvsealError {
  const shown = printable(withoutPasswords(remote))
  return new EnvsealError(
    "COMMIT_UNKNOWN",
    `the repository ${shown} could not be asked: ${whyOf(error, stderr)}`,
    {
      hint: "run it in the app's repository, set build.repository in envseal.yaml, or give the commit: --commit ID",
    },
  )
}

function whyOf(error: ExecFileException, stderr: string): string {
  if (systemCode(error) === "ENOENT") return "git is not installed"
  if (systemCode(error) === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return `git says more than ${maxOutputBytes / mebibyte} MiB`
  }
  if (error.killed === true) return `git did not end within ${timeoutMs / 1000} s`
  return printable(withoutPasswords(reasonIn(stderr)), 300)
}

/** What git says after the reason, whatever that is. */
const afterwords = [
  "fatal: Could not read from remote repository.",
  "Please make sure you have the correct access rights",
  "and the repository exists.",
]

/** The last line that says why; of ssh, it stands before what git itself says. */
function reasonIn(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  return lines.findLast((line) => !afterwords.includes(line)) ?? lines[0] ?? "it gave no reason"
}

/** A URL can have a password in it, and that an `@`. */
function withoutPasswords(text: string): string {
  return text.replace(/\/\/[^/\s'"]*@/g, "//")
}
