import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { gitOrigin, gitRepository } from "../../../src/adapters/node/git.ts"
import { failureOf } from "../../fake/failure.ts"

const commit = "c".repeat(40)
const tagged = "d".repeat(40)
let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "envseal-git-"))
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** Puts a program in git's place. */
function git(script: string): void {
  writeFileSync(join(folder, "git"), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

describe("git", () => {
  test("is asked for a branch and a tag, and a branch counts before a tag", async () => {
    const refs = [
      [tagged, "refs/tags/main"],
      [commit, "refs/heads/main"],
    ]
    git(`printf '%s\\n' "$@" > "${folder}/args"; printf '${refs.map((one) => one.join("\\t")).join("\\n")}'`)
    expect(await gitRepository.resolve("https://git.example.com/shop.git", "main")).toEqual({
      type: "commit",
      commit,
    })
    expect(readFileSync(join(folder, "args"), "utf8").trim().split("\n")).toEqual([
      "ls-remote",
      "--",
      "https://git.example.com/shop.git",
      "refs/heads/main",
      "refs/tags/main^{}",
      "refs/tags/main",
    ])
  })

  test("that knows no such branch or tag gives no commit", async () => {
    git("true")
    expect(await gitRepository.resolve(null, "main")).toEqual({ type: "nothing" })
  })

  test("gets no identity that opens an envelope, and asks for no password", async () => {
    vi.stubEnv("ENVSEAL_IDENTITY", "AGE-SECRET-KEY-1X")
    vi.stubEnv("ENVSEAL_IDENTITY_FILE", "/key.txt")
    git(`env > "${folder}/env-$1"; echo x`)
    await gitRepository.resolve(null, "main")
    await gitOrigin.origin()
    for (const file of ["env-ls-remote", "env-remote"])
      expect(readFileSync(join(folder, file), "utf8")).not.toContain("ENVSEAL_IDENTITY")
    expect(readFileSync(join(folder, "env-ls-remote"), "utf8")).toContain("GIT_TERMINAL_PROMPT=0\n")
  })

  test.each([
    "fatal: unable to access 'https://me:hunter2@git.example.com/shop.git/': it broke",
    "fatal: unable to access 'https://me:hunter2@hunter2@git.example.com/shop.git/': it broke",
    "fatal: unable to access 'https://hunter2@git.example.com/shop.git/': it broke",
  ])("that fails is quoted without a password: %s", async (line) => {
    git(`cat <<'END' >&2\nremote: \u001b[2J\n${line}\nEND\nexit 128`)
    const { code, message } = await failureOf(() =>
      gitRepository.resolve("https://me:hunter2@hunter2@git.example.com/shop.git", "main"),
    )
    expect(code).toBe("COMMIT_UNKNOWN")
    expect(message).toBe(
      "the repository https://git.example.com/shop.git could not be asked: fatal: unable to access 'https://git.example.com/shop.git/': it broke",
    )
  })

  test.each([
    [
      "Permission denied",
      "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.",
      "git@github.com: Permission denied (publickey).",
    ],
    [
      "no repository",
      "ERROR: Repository not found.\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.",
      "ERROR: Repository not found.",
    ],
    [
      "a login",
      "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
      "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    ],
    [
      "no more than that",
      "fatal: Could not read from remote repository.",
      "fatal: Could not read from remote repository.",
    ],
    ["nothing", "", "it gave no reason"],
  ])("that fails is quoted with its own reason: %s", async (_, said, reason) => {
    git(`[ "$LC_ALL" = C ] || exit 3; cat <<'END' >&2\n${said}\nEND\nexit 128`)
    const { message } = await failureOf(() => gitRepository.resolve(null, "main"))
    expect(message).toBe(`the repository origin could not be asked: ${reason}`)
  })

  test("that has more to say than is read is told", async () => {
    git("head -c 5000000 /dev/zero | tr '\\0' x")
    const { message } = await failureOf(() => gitRepository.resolve(null, "main"))
    expect(message).toBe("the repository origin could not be asked: git says more than 4 MiB")
  })

  test("that is not installed is told", async () => {
    vi.stubEnv("PATH", folder)
    const { message } = await failureOf(() => gitRepository.resolve(null, "main"))
    expect(message).toBe("the repository origin could not be asked: git is not installed")
    expect(await gitOrigin.origin()).toBeNull()
  })
})

describe("the name of what is built", () => {
  const main = "1a2b3c4d".padEnd(40, "0")
  const pull = "2b3c4d5e".padEnd(40, "0")
  const fork = "3c4d5e6f".padEnd(40, "0")
  const similar = "1a2b3c4f".padEnd(40, "0")
  const local = "9f8e7d6c".padEnd(40, "0")

  /** A git whose remote has these refs, and whose folder has one commit more. */
  beforeEach(() => {
    const refs = {
      "refs/heads/main": main,
      "refs/heads/feature/one": pull,
      "refs/heads/other": similar,
      "refs/tags/v1": tagged,
      "refs/tags/v1^{}": commit,
      "refs/pull/12/head": pull,
      "refs/pull/13/head": fork,
      "refs/merge-requests/14/head": main,
    }
    const lines = Object.entries(refs).map(([ref, id]) => `${id}\t${ref}`)
    writeFileSync(join(folder, "refs"), `${lines.join("\n")}\n`)
    git(`
if [ "$1" = rev-parse ]; then
  case "$4" in 9f8e7d6c^*) echo ${local} ;; *) exit 1 ;; esac
  exit
fi
if [ "$2" = --heads ] && [ "$3" = --tags ]; then grep -e refs/heads/ -e refs/tags/ "${folder}/refs"; exit; fi
shift 3
if [ $# = 0 ]; then cat "${folder}/refs"; exit; fi
for ref in "$@"; do
  case "$ref" in
    'refs/heads/*') grep refs/heads/ "${folder}/refs" ;;
    *) grep -F -x -e "$(printf '%s' "$ref" | sed 's/^/\t/')" "${folder}/refs" || while read -r id name; do
         if [ "$name" = "$ref" ]; then printf '%s\t%s\n' "$id" "$name"; fi
       done < "${folder}/refs" ;;
  esac
done
true`)
  })

  test.each([
    ["main", main],
    ["refs/heads/main", main],
    ["heads/main", main],
    ["origin/main", main],
    ["remotes/origin/main", main],
    ["refs/remotes/origin/main", main],
    ["feature/one", pull],
    ["origin/feature/one", pull],
    ["v1", commit],
    ["refs/tags/v1", commit],
    ["tags/v1", commit],
    ["pr/12", pull],
    ["pr/14", main],
    ["1a2b3c4d", main],
    ["2b3c", pull],
    ["9f8e7d6c", local],
    ["cccccc", commit],
  ])("can be %s", async (name, id) => {
    expect(await gitRepository.resolve(null, name)).toEqual({ type: "commit", commit: id })
  })

  test.each([
    ["a pull request of a fork", "pr/13", { type: "fork", commit: fork }],
    ["a pull request that is not there", "pr/99", { type: "nothing" }],
    ["a branch that is not there", "refs/heads/gone", { type: "nothing" }],
    ["the beginning of two commits", "1a2b3c4", { type: "several" }],
    ["the beginning of none", "abcdef0", { type: "nothing" }],
    ["the beginning of what only a pull request of a fork has", "3c4d5e6f", { type: "nothing" }],
    ["the beginning of an annotated tag, which is no commit", "dddddd", { type: "nothing" }],
    ["too little of a commit", "1a2", { type: "nothing" }],
  ])("is no commit when it is %s", async (_, name, resolution) => {
    expect(await gitRepository.resolve(null, name)).toEqual(resolution)
  })

  test("is not looked for in the working directory when another repository is meant", async () => {
    const url = "https://git.example.com/shop.git"
    expect(await gitRepository.resolve(url, "9f8e7d6c")).toEqual({ type: "nothing" })
    expect(await gitRepository.resolve(url, "1a2b3c4d")).toEqual({ type: "commit", commit: main })
  })
})
