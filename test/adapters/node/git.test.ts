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
    expect(await gitRepository.resolve("https://git.example.com/shop.git", "main")).toBe(commit)
    expect(readFileSync(join(folder, "args"), "utf8").trim().split("\n")).toEqual([
      "ls-remote",
      "--",
      "https://git.example.com/shop.git",
      "refs/heads/main",
      "refs/tags/main",
      "refs/tags/main^{}",
    ])
  })

  test("that knows no such branch or tag gives no commit", async () => {
    git("true")
    expect(await gitRepository.resolve(null, "main")).toBeNull()
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

  test("that is not installed is told", async () => {
    vi.stubEnv("PATH", folder)
    const { message } = await failureOf(() => gitRepository.resolve(null, "main"))
    expect(message).toBe("the repository origin could not be asked: git is not installed")
    expect(await gitOrigin.origin()).toBeNull()
  })
})
