import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest"
import { gitCommits } from "../../../src/adapters/node/commit-book.ts"

let folder = ""
let ids: readonly string[] = []

/** A repository with two commits after one, on two branches. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "envseal-commits-"))
  const who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.com"]
  const git = (...args: readonly string[]) =>
    execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" }).trim()
  const commit = (subject: string) => {
    git("commit", "--quiet", "--allow-empty", "--message", `${subject}\n\nand why`)
    return git("rev-parse", "HEAD")
  }
  git("init", "--quiet")
  const first = commit("Open the shop")
  const second = commit("Mend the cart")
  git("checkout", "--quiet", "--detach", first)
  ids = [first, second, commit("Sell books"), commit("Sell more books")]
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

/** Has git work in a repository as in that of the working directory. */
function workIn(place: string): void {
  vi.stubEnv("GIT_DIR", join(place, ".git"))
}

describe("the commits of the working directory's repository", () => {
  test("have a first line, and a distance in both directions", async () => {
    workIn(folder)
    const [first = "", second = "", , last = ""] = ids
    expect(await gitCommits.subject(second)).toBe("Mend the cart")
    expect(await gitCommits.distance(first, last)).toEqual({ ahead: 2, behind: 0 })
    expect(await gitCommits.distance(second, last)).toEqual({ ahead: 2, behind: 1 })
    expect(await gitCommits.distance(last, last)).toEqual({ ahead: 0, behind: 0 })
  })

  test("are not known where there is no such commit, repository or git", async () => {
    const [first = ""] = ids
    workIn(folder)
    expect(await gitCommits.subject("0".repeat(40))).toBeNull()
    expect(await gitCommits.distance(first, "0".repeat(40))).toBeNull()
    workIn(join(folder, "nowhere"))
    expect(await gitCommits.subject(first)).toBeNull()
    vi.stubEnv("PATH", "")
    expect(await gitCommits.subject(first)).toBeNull()
  })

  test("are asked for by whole ids alone: nothing else reaches git's command line", async () => {
    workIn(folder)
    const [first = ""] = ids
    for (const text of ["HEAD", "--output=leak", first.slice(0, 10)]) {
      expect(await gitCommits.subject(text)).toBeNull()
      expect(await gitCommits.distance(first, text)).toBeNull()
      expect(await gitCommits.distance(text, first)).toBeNull()
    }
  })
})
