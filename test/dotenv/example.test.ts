import { describe, expect, test } from "vitest"
import { exampleOf, readExample } from "../../src/dotenv/example.ts"
import { failureOf } from "../fake/failure.ts"

const names = (text: string) => [...exampleOf(text, "it").keys()]
const failure = (bytes: Uint8Array) => failureOf(async () => readExample(bytes, "it"))

describe("an example", () => {
  test("asks for its names in its order, without duplicates", () => {
    const example =
      '# the app\nAPP_KEY=\nexport DB_HOST=localhost # here\n\nDB_URL="${DB_HOST}/x"\nAPP_KEY=again\n'
    expect(names(example)).toEqual(["APP_KEY", "DB_HOST", "DB_URL"])
  })

  test("asks for nothing by lines that are no entries", () => {
    expect(names("just words\n; comment\n#A=1\n=x\nB=1\n# C='x\n")).toEqual(["B"])
  })

  test("asks for the name of a value of several lines alone, whatever its line ends", () => {
    expect(names('A="1\r\nB=2"\r\nC=3\r\n')).toEqual(["A", "C"])
    expect(names('A="-----BEGIN KEY-----\nYQ==\n-----END KEY-----"\nB=\n')).toEqual(["A", "B"])
  })

  test.each(["A=it's\nB=isn't\n", 'A=5" wide\nB=1\n', "A='x' # it's\nB=\"y\" # \"\n", 'A="\\""\nB=1\n'])(
    "asks for every name where a quote is a character of a value: %j",
    (text) => {
      expect(names(text)).toEqual(["A", "B"])
    },
  )

  test("asks for its first name when it has a byte order mark", () => {
    expect([...readExample(Buffer.from("\uFEFFA=1\n"), "it").keys()]).toEqual(["A"])
  })

  test.each([
    ["a double quote that swallows names", 'A="x\nFOO=1\nB="y"\nAPP_KEY=\n'],
    ["a single quote that swallows names", "A='x\nFOO=1\nB='y'\nAPP_KEY=\n"],
    ["a backtick that swallows names", "A=`x\nFOO=1\nB=`y`\nAPP_KEY=\n"],
    ["a double quote that nothing closes", 'A="x\nFOO=1\n'],
    ["a single quote that nothing closes", "FOO=1\nA='x"],
    ["a quoted name, which is lost to one reader", '"APP_NAME"=x\nAPP_KEY=y\n'],
    ["no name", "# nothing\n"],
    ["nothing at all", ""],
    ["blank lines alone", "\n".repeat(20_000)],
    ["more lines than any example", "\n".repeat(60_000)],
  ])("is refused when it has %s", async (_, text) => {
    expect((await failure(Buffer.from(text))).code).toBe("DOTENV_MALFORMED")
  })

  test.each([
    ["UTF-16LE with a mark", Buffer.from("\uFEFFA=1\n", "utf16le")],
    ["UTF-16LE", Buffer.from("A=1\n", "utf16le")],
    ["UTF-16BE", Buffer.from("A=1\n", "utf16le").swap16()],
    ["Latin-1", Buffer.from("A=é\n", "latin1")],
  ])("is refused when it is %s", async (_, bytes) => {
    expect((await failure(bytes)).message).toBe("it is not UTF-8")
  })

  test("names the line of an open quote, and no value", async () => {
    const { message } = await failure(Buffer.from("A=1\nB='hunter2\nC=1\n"))
    expect(message).toBe("it:2: the quote after B= is not closed")
  })
})
