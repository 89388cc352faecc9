import { expect, test } from "vitest"
import { optionWords } from "../../../src/open/core/option-words.ts"

test.each([
  [
    "-E -u app php -x",
    [
      ["-E", ""],
      ["-u", "app"],
    ],
    ["php", "-x"],
  ],
  [
    "-Eu app php",
    [
      ["-E", ""],
      ["-u", "app"],
    ],
    ["php"],
  ],
  [
    "-Euapp php",
    [
      ["-E", ""],
      ["-u", "app"],
    ],
    ["php"],
  ],
  [
    "--user=app --user other php",
    [
      ["-u", "app"],
      ["-u", "other"],
    ],
    ["php"],
  ],
  [
    "--other=1 --flag - -- -u php",
    [
      ["--other", "1"],
      ["--flag", ""],
      ["-", ""],
    ],
    ["-u", "php"],
  ],
  ["-u", [["-u", ""]], []],
  ["", [], [""]],
])("options of %j are taken off", (line, options, words) => {
  const given = optionWords("-u,--user -g", line.split(" "))
  expect(given.options.map(({ name, value }) => [name, value])).toEqual(options)
  expect(given.words).toEqual(words)
})

test("options may follow words, where the program reads them so", () => {
  const given = optionWords("-c", "app -c text -x".split(" "), () => true)
  expect(given.options.map(({ name }) => name)).toEqual(["-c", "-x"])
  expect(given.words).toEqual(["app"])
})
