import { expect, test } from "vitest"
import { nodeSurroundings } from "../../../src/adapters/node/surroundings.ts"

test("who runs has the group of its files first, and its further ones after it", () => {
  const self = nodeSurroundings.self()
  const [first, ...others] = self?.gids ?? []
  expect([self?.uid, first]).toEqual([process.geteuid?.(), process.getegid?.()])
  const known = process.getgroups?.() ?? []
  expect(others.filter((gid) => !known.includes(gid))).toEqual([])
  expect([first, ...others]).toEqual(expect.arrayContaining(known))
})

test("a group is known by its number, and none by a name that is not there", () => {
  expect(nodeSurroundings.group("4321")).toBe(4321)
  expect(nodeSurroundings.group("no such group")).toBeNull()
  expect(nodeSurroundings.group("99999999999")).toBeNull()
})
