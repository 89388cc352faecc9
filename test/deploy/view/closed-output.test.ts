import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import { untilClosed } from "../../../src/deploy/view/view.ts"

function failing(code: string): EnvsealError {
  const cause = Object.assign(new Error(code), { code })
  return new EnvsealError("WRITE_FAILED", "could not write standard output: it failed", { cause })
}

/** Writes three lines, of which the second one fails. */
function writeThree(error: Error) {
  const [written, said]: [string[], string[]] = [[], []]
  const write = untilClosed(
    (text) => {
      if (text === "two") throw error
      written.push(text)
    },
    (text) => said.push(text),
  )
  for (const text of ["one", "two", "three"]) write(text)
  return { written, said }
}

describe("standard output that cannot be written to any more", () => {
  test("is left alone without a word when its reader has gone", () => {
    expect(writeThree(failing("EPIPE"))).toEqual({ written: ["one"], said: [] })
  })

  test.each(["ENOSPC", "EBADF", "EIO"])("is reported once, and left alone, for %s", (code) => {
    expect(writeThree(failing(code))).toEqual({
      written: ["one"],
      said: ["envseal: could not write standard output: it failed; going on without it\n"],
    })
  })

  test("does not hide a bug", () => {
    expect(() => writeThree(new TypeError("bug"))).toThrow(TypeError)
  })
})
