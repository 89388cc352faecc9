import { setTimeout as pause } from "node:timers/promises"
import { expect, test } from "vitest"
import { inOrder } from "../../src/core/in-order.ts"

async function failing(name: string, turns: number): Promise<never> {
  for (let turn = 0; turn < turns; turn++) await pause(0)
  throw new Error(name)
}

test("works that all succeed give their results in the order of the list", async () => {
  expect(await inOrder([pause(1, "a"), Promise.resolve(2)] as const)).toEqual(["a", 2])
})

test("of several works that fail, the first in the list is told, whichever failed first", async () => {
  await expect(inOrder([failing("first", 5), failing("second", 0)])).rejects.toThrow("first")
  await expect(inOrder([failing("first", 0), failing("second", 5)])).rejects.toThrow("first")
})

test("a work that fails does not wait for those behind it", async () => {
  const never = new Promise<never>(() => {})
  await expect(inOrder([failing("first", 0), never])).rejects.toThrow("first")
})

test("a failure that is not told ends no process", async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on("unhandledRejection", note)
  try {
    await expect(inOrder([failing("first", 0), failing("second", 0), failing("third", 3)])).rejects.toThrow()
    for (let turn = 0; turn < 6; turn++) await pause(0)
    expect(unhandled).toEqual([])
  } finally {
    process.off("unhandledRejection", note)
  }
})
