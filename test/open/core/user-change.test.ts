import { expect, test } from "vitest"
import { type UserChange, userAfter } from "../../../src/open/core/user-change.ts"
import type { SystemUser } from "../../../src/ports/surroundings.ts"

const root: SystemUser = { name: "root", uid: 0, gids: [0, 7] }
const accounts = {
  user: (name: string): SystemUser | null =>
    name === "app"
      ? { name, uid: 10, gids: [10, 20, 30] }
      : name === "99"
        ? { name, uid: 99, gids: [] }
        : null,
  group: (name: string) => (name === "staff" ? 50 : /^\d+$/.test(name) ? Number(name) : null),
}

test.each<[string, UserChange, number[]]>([
  ["all of the user", { user: "app", primary: "user", others: "user" }, [10, 20, 30]],
  ["the user's own alone", { user: "app", primary: "user", others: [] }, [10]],
  [
    "a named one in place of the user's own",
    { user: "app", primary: ["staff"], others: "user" },
    [50, 20, 30],
  ],
  ["a named one and all of the user", { user: "app", primary: ["staff"], others: "all" }, [50, 10, 20, 30]],
  ["named ones", { user: "app", primary: ["staff"], others: ["60", "70"] }, [50, 60, 70]],
  ["those from before", { user: "app", primary: "before", others: "before" }, [0, 7]],
  [
    "the one from before, for a number that no file has",
    { user: "99", primary: "user", others: "user" },
    [0],
  ],
])("after a change, the groups are %s", (_, change, gids) => {
  expect(userAfter(root, change, accounts)?.gids).toEqual(gids)
})

test("a group alone changes nobody", () => {
  const change = { user: null, primary: ["staff"], others: "before" } as const
  expect(userAfter(root, change, accounts)).toEqual({ name: "root", uid: 0, gids: [50, 7] })
})

test("who has a user or a group that is not there is not known", () => {
  expect(userAfter(root, { user: "gone", primary: "user", others: "user" }, accounts)).toBeNull()
  expect(userAfter(root, { user: "app", primary: ["gone"], others: "user" }, accounts)).toBeNull()
  expect(userAfter(null, { user: null, primary: "before", others: "before" }, accounts)).toBeNull()
})
