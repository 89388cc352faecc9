import { describe, expect, test } from "vitest"
import { resolveCommit } from "../../../src/deploy/run/request.ts"
import type { Resolution } from "../../../src/ports/repository.ts"
import { failureOf } from "../../fake/failure.ts"

const commit = "c".repeat(40)

function resolve(source: string | null, resolution: Resolution) {
  const asked: unknown[] = []
  const repository = {
    resolve: async (...question: unknown[]) => {
      asked.push(question)
      return resolution
    },
  }
  return { asked, result: resolveCommit(source, "https://git.example.com", repository) }
}

describe("the commit to build", () => {
  test.each([null, commit])("is not asked for when it is %s", async (source) => {
    const { asked, result } = resolve(source, { type: "nothing" })
    expect([await result, asked]).toEqual([source, []])
  })

  test("is what the name stands for now", async () => {
    const { asked, result } = resolve("main", { type: "commit", commit })
    expect([await result, asked]).toEqual([commit, [["https://git.example.com", "main"]]])
  })

  test.each<readonly [string, Resolution, string, string]>([
    ["main", { type: "nothing" }, "there is no branch or tag main in the repository", "push it first"],
    [
      "1f1f1f1",
      { type: "nothing" },
      "1f1f1f1 is no branch or tag, and no commit is known here that begins so",
      'give the whole commit id: --commit "$(git rev-parse 1f1f1f1)"',
    ],
    ["1f1f1f1", { type: "several" }, "several commits begin with 1f1f1f1", "give the whole commit id"],
    ["pr/12", { type: "nothing" }, "there is no pull request pr/12 in the repository", "look at its number"],
    [
      "pr/12",
      { type: "fork", commit },
      `pr/12 is a pull request of a fork: its commit ${commit} is on no branch of the repository`,
      `git push origin ${commit}:refs/heads/BRANCH`,
    ],
  ])("is unknown for %s that is %j, and says what it is", async (source, resolution, message, hint) => {
    const failure = await failureOf(() => resolve(source, resolution).result)
    expect(failure).toMatchObject({ code: "COMMIT_UNKNOWN", message })
    expect(failure.hint).toContain(hint)
  })
})
