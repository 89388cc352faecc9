import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import { authorOf, type Machine } from "../../../src/deploy/run/author.ts"

const laptop: Machine = { user: "anna", host: "laptop", isShared: false }
const session = "arn:aws:sts::111122223333:assumed-role/deployer/anna@example.com"

function author(machine: Machine, arn: string | Error = session) {
  const asked: string[] = []
  const account = {
    whoAmI: async () => {
      asked.push("whoAmI")
      if (arn instanceof Error) throw arn
      return { account: "111122223333", arn }
    },
  }
  return authorOf(machine, account).then((by) => ({ by, asked: asked.length }))
}

describe("who deploys", () => {
  test("is the user of the machine, and AWS is not asked", async () => {
    expect(await author(laptop)).toEqual({ by: "anna@laptop", asked: 0 })
  })

  test.each<[string, Machine]>([
    ["has no user of that id", { ...laptop, user: null }],
    ["calls it unknown", { ...laptop, user: "unknown" }],
    ["is a container", { ...laptop, user: "root" }],
    ["works for a CI", { ...laptop, isShared: true }],
  ])("is who AWS says where the machine %s", async (_, machine) => {
    expect(await author(machine)).toEqual({ by: "deployer/anna@example.com", asked: 1 })
  })

  test.each([
    ["arn:aws:iam::111122223333:user/team/anna", "anna"],
    ["arn:aws-cn:sts::111122223333:federated-user/anna", "anna"],
    ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root"],
  ])("is of %s told as %s", async (arn, by) => {
    expect(await author({ ...laptop, isShared: true }, arn)).toMatchObject({ by })
  })

  test("is the machine where AWS does not answer: the check says why", async () => {
    const failure = new EnvsealError("NO_CREDENTIALS", "there are none")
    expect(await author({ ...laptop, user: null }, failure)).toMatchObject({ by: "unknown@laptop" })
    await expect(author({ ...laptop, user: null }, new TypeError("a bug"))).rejects.toThrow("a bug")
  })
})
