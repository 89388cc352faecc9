import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { maxNameLength, nameProblem, nameWarning } from "../../src/dotenv/name.ts"
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

  test.each([
    ["PATH", "could change which code the process runs"],
    ["LD_PRELOAD", "could change which code the process runs"],
    ["DYLD_INSERT_LIBRARIES", "could change which code the process runs"],
    ["BASH_ENV", "could change which code the process runs"],
    ["BASH_FUNC_x", "could change which code the process runs"],
    ["NODE_OPTIONS", "could change which code the process runs"],
    ["PHP_INI_SCAN_DIR", "could change which code the process runs"],
    ["ENVSEAL_ANYTHING", "could change which code the process runs"],
    ["UID", "belongs to the shell"],
    ["RANDOM", "belongs to the shell"],
    ["_", "belongs to the shell"],
    ["__proto__", "is lost or breaks in JavaScript readers"],
    ["constructor", "is lost or breaks in JavaScript readers"],
    ["toString", "is lost or breaks in JavaScript readers"],
  ])("is forbidden when it is %s, which %s", (name, reason) => {
    expect(nameProblem(name)).toEqual({ code: "FORBIDDEN_NAME", name, reason })
  })

  test.each([
    ["AWS_ACCESS_KEY_ID", "takes the place of the pod's own role in the AWS SDKs of the app"],
    ["HTTPS_PROXY", "redirects the app's outgoing traffic"],
    ["https_proxy", "redirects the app's outgoing traffic"],
    ["SSL_CERT_FILE", "changes which certificates the app trusts"],
    ["ENV", "names a file that an interactive sh runs"],
  ])("may be sealed with a warning when it is %s", (name, warning) => {
    expect(nameProblem(name)).toBeNull()
    expect(nameWarning(name)).toBe(warning)
  })
})
