import { expect, test } from "vitest"
import { openOptions } from "../../../src/open/command/open.ts"
import { openWords } from "../../../src/open/core/open-words.ts"

const namesOf = (flags: string) => flags.split(/[ ,]+/).filter((word) => word.startsWith("-"))

const names = openOptions.flatMap(({ flags }) => namesOf(flags).map((name) => [name, flags] as const))

test.each(names)("%s has a value for a reader of command lines where open takes one", (name, flags) => {
  const takesValue = flags.includes("<")
  const known = takesValue ? (namesOf(flags).at(-1) ?? name) : name
  const { options, words } = openWords([name, "x", "production", "--", "--in", "other"])
  expect(options).toEqual([{ name: known, value: takesValue ? "x" : "" }])
  expect(words).toEqual(takesValue ? ["production"] : ["x", "production"])
})
