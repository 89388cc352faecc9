import { posix } from "node:path"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { posixPaths } from "../../../src/adapters/system/posix-paths.ts"

const piece = fc.constantFrom("/", "/", ".", "..", "a", "bc", " ", "\\", "é", "\ud800", "a.b")
const paths = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""))

describe("paths without node:path are the same, whatever slashes and dots are in them", () => {
  test.each(["basename", "dirname", "isAbsolute"] as const)("%s", (name) => {
    fc.assert(fc.property(paths, (path) => void expect(posixPaths[name](path)).toBe(posix[name](path))))
  })

  test("join", () => {
    fc.assert(
      fc.property(
        paths,
        paths,
        (folder, name) => void expect(posixPaths.join(folder, name)).toBe(posix.join(folder, name)),
      ),
    )
  })

  test("resolve, from the working directory", () => {
    fc.assert(
      fc.property(
        fc.array(paths, { maxLength: 3 }),
        (all) => void expect(posixPaths.resolve(...all)).toBe(posix.resolve(...all)),
      ),
    )
  })

  test("the separator", () => {
    expect(posixPaths.sep).toBe(posix.sep)
  })
})
