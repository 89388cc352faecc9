import { expect, test } from "vitest"
import { checkEnvironmentSize, maxStringBytes } from "../../../src/adapters/node/environment-limit.ts"
import { failureOf } from "../../fake/failure.ts"

const check = (argv: readonly string[], variables: readonly (readonly [string, string])[]) =>
  failureOf(async () => checkEnvironmentSize(argv, variables))

/** As many bytes of UTF-8, of characters that take one, two or three. */
const text = (bytes: number, character: string) => {
  const size = Buffer.byteLength(character)
  return character.repeat(Math.floor(bytes / size)) + "x".repeat(bytes % size)
}

test.each(["x", "é", "€"])(
  "a variable of %s may be as long as the kernel takes, and no byte longer",
  async (c) => {
    const longest = maxStringBytes - "BIG=".length
    expect(() => checkEnvironmentSize(["true"], [["BIG", text(longest, c)]])).not.toThrow()
    const failure = await check(["true"], [["BIG", text(longest + 1, c)]])
    expect(failure).toMatchObject({ code: "ENVIRONMENT_TOO_LARGE" })
    expect(failure.message).toContain("largest: BIG")
  },
)

test("an argument that is too long is named by its place", async () => {
  const failure = await check(["true", text(maxStringBytes + 1, "€")], [["A", "1"]])
  expect(failure.message).toContain("largest: argument 1")
})

test("texts that are each short enough, and too many together for any stack, are refused", async () => {
  const many = Array.from({ length: 64 }, (_, at): [string, string] => [`V${at}`, text(100_000, "é")])
  expect(await check(["true"], many)).toMatchObject({ code: "ENVIRONMENT_TOO_LARGE" })
})
