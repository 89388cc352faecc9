import { describe, expect, test } from "vitest"
import { findAccount } from "../../../src/adapters/node/account.ts"
import { failureOf } from "../../fake/failure.ts"

describe("an owner", () => {
  test.each([
    ["0", { uid: 0, gid: null }],
    ["82:82", { uid: 82, gid: 82 }],
    ["4294967294:4294967294", { uid: 4_294_967_294, gid: 4_294_967_294 }],
    ["root", { uid: 0, gid: 0 }],
    ["82:root", { uid: 82, gid: 0 }],
  ])("written as %s is an account", (owner, account) => {
    expect(findAccount(owner)).toEqual(account)
  })

  test.each([
    "4294967295",
    "0:4294967295",
    "99999999999999999999",
    "1:2:3",
    "",
    ":",
    ":82",
    "82:",
    "-1",
    "1e3",
    "no-such-user",
    "root:no-such-group",
  ])("written as '%s' is a mistake in the command line", async (owner) => {
    expect((await failureOf(async () => findAccount(owner))).code).toBe("USAGE")
  })
})
