import { expect, test } from "vitest"
import { requiredNames } from "../../src/dotenv/example.ts"

test("the names an example asks for come in its order, without duplicates and without its values", () => {
  const example =
    '# the app\nAPP_KEY=\nexport DB_HOST=localhost # here\n\nDB_URL="${DB_HOST}/x"\nAPP_KEY=again\n'
  expect(requiredNames(example)).toEqual(["APP_KEY", "DB_HOST", "DB_URL"])
})

test("lines of an example that are no entries ask for nothing", () => {
  expect(requiredNames("just words\n; comment\n#A=1\n=x\n")).toEqual([])
})

test("an example with CRLF line ends and a multi-line value asks for its names alone", () => {
  expect(requiredNames('A="1\r\nB=2"\r\nC=3\r\n')).toEqual(["A", "C"])
})
