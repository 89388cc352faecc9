import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { pageOf } from "./log-page.ts"

const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ timestamp: index, message: `${index}` }))
const ask = (count: number, request: Partial<Parameters<typeof pageOf>[1]> = {}) =>
  pageOf(lines(count), { nextToken: undefined, startFromHead: true, limit: 10, emptyPages: 0, ...request })
const texts = (page: ReturnType<typeof pageOf>) => page.events.map(({ message }) => message)

describe("a page from the head", () => {
  test("has the first lines, and the next has those after them", () => {
    const first = ask(5, { limit: 3 })
    expect(texts(first)).toEqual(["0", "1", "2"])
    expect(texts(ask(5, { limit: 3, nextToken: first.nextForwardToken }))).toEqual(["3", "4"])
  })

  test("at the end of the stream has the token that was given, until there are more lines", () => {
    const { nextForwardToken } = ask(2)
    expect(nextForwardToken).toMatch(/^f\/\d{56}\/s$/)
    const end = ask(2, { nextToken: nextForwardToken })
    expect(end).toEqual({ events: [], nextForwardToken, nextBackwardToken: expect.stringMatching(/^b\//) })
    expect(texts(ask(3, { nextToken: nextForwardToken }))).toEqual(["2"])
  })

  test("comes after as many empty pages as were scripted, each with another token", () => {
    const first = ask(1, { emptyPages: 2 })
    const second = ask(1, { emptyPages: 2, nextToken: first.nextForwardToken })
    const third = ask(1, { emptyPages: 2, nextToken: second.nextForwardToken })
    expect([first, second, third].map(texts)).toEqual([[], [], ["0"]])
    expect(new Set([first, second, third].map((page) => page.nextForwardToken)).size).toBe(3)
  })

  test.each(["", "f/1/s", "x/0", `f/${"0".repeat(56)}`])(
    "needs a token that was given, not %j",
    (nextToken) => {
      expect(() => ask(1, { nextToken })).toThrow(
        expect.objectContaining({ code: "InvalidParameterException" }),
      )
    },
  )
})

describe("a page from the tail", () => {
  test("has the last lines, in their order, and its backward token leads to those before", () => {
    const last = ask(5, { startFromHead: false, limit: 2 })
    expect(texts(last)).toEqual(["3", "4"])
    const before = ask(5, { startFromHead: false, limit: 2, nextToken: last.nextBackwardToken })
    expect(texts(before)).toEqual(["1", "2"])
  })

  test("at the head of the stream has the backward token that was given", () => {
    const { nextBackwardToken } = ask(2, { startFromHead: false })
    expect(ask(2, { startFromHead: false, nextToken: nextBackwardToken })).toMatchObject({
      events: [],
      nextBackwardToken,
    })
  })

  test("cannot be asked with a forward token", () => {
    const { nextForwardToken } = ask(2)
    expect(() => ask(2, { startFromHead: false, nextToken: nextForwardToken })).toThrow("startFromHead")
  })
})

test("reading forward until the same token comes back reads each line once", () => {
  const numbers = { count: fc.nat(30), limit: fc.integer({ min: 1, max: 7 }), emptyPages: fc.nat(3) }
  fc.assert(
    fc.property(fc.record(numbers), ({ count, limit, emptyPages }) => {
      const read: string[] = []
      let nextToken: string | undefined
      for (let pages = 0; pages < 500; pages++) {
        const page = ask(count, { limit, emptyPages, nextToken })
        read.push(...texts(page))
        if (page.nextForwardToken === nextToken) break
        nextToken = page.nextForwardToken
      }
      expect(read).toEqual(lines(count).map(({ message }) => message))
    }),
  )
})
