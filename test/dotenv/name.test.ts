import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { maxNameLength, nameProblem } from "../../src/dotenv/name.ts"
import { nameWarning } from "../../src/dotenv/name-warning.ts"
import {
  hijacking,
  phpOwned,
  redirecting,
  roleReplacing,
  type SpecialName,
  scriptOwned,
  shellOwned,
  trustChanging,
} from "./special-names.ts"
import { hostileValue, runs } from "./values.ts"

describe("a name", () => {
  test.each([
    "A",
    "_A",
    "a",
    "APP_KEY",
    "Db2_Host",
    "A".repeat(maxNameLength),
    "XPATH",
    "PATH_",
    "MY_LD_PRELOAD",
  ])("may be sealed without a warning when it is %s", (name) => {
    expect(nameProblem(name)).toBeNull()
    expect(nameWarning(name)).toBeNull()
  })

  test("is bad when it is empty", () => {
    expect(nameProblem("")).toEqual({ code: "BAD_NAME", name: "", reason: "is empty" })
  })

  test.each([
    "1",
    "1A",
    "A-B",
    "A.B",
    "A B",
    " A",
    "A ",
    "A=",
    "ü_KEY",
    "日本",
    "A\n",
    "A\nB",
    "A'",
    "$A",
    "#A",
    "A\0",
  ])("is bad when it has another character or a digit first, as in %j", (name) => {
    const reason = "is not letters, digits and _ with no digit first"
    expect(nameProblem(name)).toEqual({ code: "BAD_NAME", name, reason })
  })

  test("is bad from the first character over the limit", () => {
    const name = "A".repeat(maxNameLength + 1)
    expect(nameProblem(name)).toEqual({ code: "BAD_NAME", name, reason: "is longer than 255 characters" })
  })

  test("is bad for every reader's sake exactly where a shell would not take it as a variable", () => {
    fc.assert(
      fc.property(hostileValue, (name) => {
        fc.pre(name.length <= maxNameLength && nameProblem(name)?.code !== "FORBIDDEN_NAME")
        const variable =
          name !== "" && [...name].every((c, at) => /[A-Za-z_]/.test(c) || (at > 0 && /[0-9]/.test(c)))
        expect(nameProblem(name) === null).toBe(variable)
      }),
      runs(300),
    )
  })

  test.each(hijacking)("is forbidden when it is %s, since it %s", (name) => {
    const reason = "could change which code the process runs"
    expect(nameProblem(name)).toEqual({ code: "FORBIDDEN_NAME", name, reason })
  })

  test.each(shellOwned)("is forbidden when it is %s, which %s", (name) => {
    expect(nameProblem(name)).toEqual({ code: "FORBIDDEN_NAME", name, reason: "belongs to the shell" })
  })

  test.each(phpOwned)("is forbidden when it is %s, which %s", (name) => {
    const reason = "belongs to PHP, whose own value Laravel gets instead"
    expect(nameProblem(name)).toEqual({ code: "FORBIDDEN_NAME", name, reason })
  })

  test.each(scriptOwned)("is forbidden when it is %s, which %s", (name) => {
    const reason = "is lost or breaks in JavaScript readers"
    expect(nameProblem(name)).toEqual({ code: "FORBIDDEN_NAME", name, reason })
  })

  test.each([
    ...warned(roleReplacing, "takes the place of the pod's own role in the AWS SDKs of the app"),
    ...warned(redirecting, "redirects the app's outgoing traffic"),
    ...warned(trustChanging, "changes which certificates the app trusts"),
    { name: "ENV", effect: "names a file", warning: "names a file that an interactive sh runs" },
  ])("may be sealed with a warning when it is $name, which $effect", ({ name, warning }) => {
    expect(nameProblem(name)).toBeNull()
    expect(nameWarning(name)).toBe(warning)
  })
})

function warned(names: readonly SpecialName[], warning: string) {
  return names.map(([name, effect]) => ({ name, effect, warning }))
}
