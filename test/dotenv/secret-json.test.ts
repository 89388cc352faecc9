import { inspect } from "node:util"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { EnvsealError, type ErrorCode } from "../../src/core/error.ts"
import { encodeUtf8 } from "../../src/core/text.ts"
import { maxNames, nameProblem } from "../../src/dotenv/name.ts"
import { readSecretJson, type SecretJson } from "../../src/dotenv/secret-json.ts"
import { hostileValue, runs } from "./values.ts"

const source = "env:APP_SECRET"

function read(json: string | Uint8Array, nested: "refuse" | "json" = "refuse"): SecretJson {
  return readSecretJson(typeof json === "string" ? encodeUtf8(json) : json, { source, nested })
}

function failure(json: string | Uint8Array): EnvsealError {
  try {
    read(json, "json")
  } catch (error) {
    if (error instanceof EnvsealError) return error
    throw error
  }
  throw new Error("the secret was read")
}

/** What was read, with the values in the open. */
function shown({ entries }: SecretJson): [string, string, string][] {
  return entries.map(({ name, kind, value }) => [name, kind, value.reveal()])
}

const marker = "hunter2"

describe("a secret", () => {
  test("gives its strings as they are, and its other values as they are written", () => {
    const secret = read('{"A":"x y\\n\\u00e9","B":1.10,"C":-0,"D":1E+400,"E":true,"F":null}')
    expect(secret.problems).toEqual([])
    expect(shown(secret)).toEqual([
      ["A", "string", "x y\né"],
      ["B", "number", "1.10"],
      ["C", "number", "-0"],
      ["D", "number", "1E+400"],
      ["E", "literal", "true"],
      ["F", "literal", "null"],
    ])
  })

  test("keeps a number that a double cannot hold digit for digit", () => {
    expect(shown(read('{"ID": 12345678901234567890 }'))).toEqual([["ID", "number", "12345678901234567890"]])
  })

  test("keeps the order of its names, integer-like and escaped ones included", () => {
    const secret = read('{"_2":"b","_1":"a","\\u0041":"c"}')
    expect(secret.entries.map((one) => one.name)).toEqual(["_2", "_1", "A"])
  })

  test("gives every string as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.array(hostileValue, { minLength: 1, maxLength: 6 }), fc.boolean(), (values, ascii) => {
        const text = JSON.stringify(Object.fromEntries(values.map((value, at) => [`K${at}`, value])))
        const secret = read(ascii ? escaped(text) : text)
        expect(secret.problems).toEqual([])
        expect(shown(secret)).toEqual(values.map((value, at) => [`K${at}`, "string", value]))
      }),
      runs(200),
    )
  })

  test("gives every number exactly as written", () => {
    const number = fc.stringMatching(/^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?$/)
    fc.assert(
      fc.property(number, (digits) => {
        expect(shown(read(`{"N": ${digits}\t}`))).toEqual([["N", "number", digits]])
      }),
      runs(200),
    )
  })

  test("is accepted exactly where JSON.parse gives an object with names", () => {
    fc.assert(
      fc.property(almostJson, (text) => {
        fc.pre(text.isWellFormed() && text !== "")
        const named = isObjectWithNames(text)
        try {
          read(text, "json")
          expect(named).toBe(true)
        } catch (error) {
          if (!(error instanceof EnvsealError)) throw error
          expect(error.code).toBe("SECRET_MALFORMED")
          expect(named).toBe(false)
        }
      }),
      runs(600),
    )
  })
})

/** The same JSON with every character outside ASCII as an escape. */
function escaped(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

/** JSON texts, most of them damaged in one place. */
const almostJson = fc
  .record({
    text: fc.oneof(
      fc.json({ maxDepth: 3 }),
      fc
        .dictionary(fc.string({ unit: "grapheme-ascii", maxLength: 5 }), fc.jsonValue())
        .map((o) => JSON.stringify(o)),
      fc.dictionary(fc.constantFrom("A", "B_1", "c"), fc.jsonValue()).map((o) => JSON.stringify(o, null, 2)),
    ),
    where: fc.nat(),
    cut: fc.nat({ max: 2 }),
    insert: fc.constantFrom(
      ..."{ } [ ] : , \" ' \\ / // /**/ 0 00 -0 - + . 1. .5 1e5 1e 0x1 1_0 NaN Infinity true nul \\u12 \\x".split(
        " ",
      ),
      ...[
        "",
        "",
        "",
        " ",
        "\t",
        "\n",
        "\r",
        "\f",
        "\v",
        "\0",
        "\u00a0",
        "\u2028",
        "\ufeff",
        "\u0001",
        "\u007f",
        '"\n"',
        "😀",
      ],
    ),
  })
  .map(({ text, where, cut, insert }) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + insert + text.slice(at + (insert === "" ? 0 : cut))
  })

function isObjectWithNames(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return (
      typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    )
  } catch {
    return false
  }
}

describe("a nested value", () => {
  const json = `{"A": {"x" : [1.10, "${marker} \\u0041", {} ]}, "B": [ ], "C": "c"}`

  test("is a problem with the key's name where nesting is refused", () => {
    const secret = read(json, "refuse")
    expect(secret.problems).toEqual([
      { code: "NESTED_VALUE", name: "A", reason: "is a JSON object" },
      { code: "NESTED_VALUE", name: "B", reason: "is a JSON array" },
    ])
    expect(shown(secret)).toEqual([["C", "string", "c"]])
    expect(inspect(secret, { depth: 9 })).not.toContain(marker)
  })

  test("is the same JSON without blanks where nesting is kept", () => {
    expect(shown(read(json, "json"))).toEqual([
      ["A", "nested", `{"x":[1.10,"${marker} \\u0041",{}]}`],
      ["B", "nested", "[]"],
      ["C", "string", "c"],
    ])
  })

  test("is JSON with the same meaning and no blank outside its strings, whatever it holds", () => {
    const nested = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(hostileValue, fc.jsonValue()))
    fc.assert(
      fc.property(nested, fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const [first] = shown(read(JSON.stringify({ K: value }, null, indent), "json"))
        expect(first?.slice(0, 2)).toEqual(["K", "nested"])
        expect(first?.[2]).toBe(JSON.stringify(value))
      }),
      runs(150),
    )
  })
})

describe("a name that stands twice", () => {
  test("is a problem with line and column of the first and the second place", () => {
    const secret = read(`{\n  "A": "${marker}", "B": "1",\n  "A": "${marker}",\r\n\t"B": 2, "\\u0041": 3\n}`)
    expect(secret.problems).toEqual([
      {
        code: "DUPLICATE_NAME",
        name: "A",
        reason: "stands at line 2, column 3 and again at line 3, column 3",
      },
      {
        code: "DUPLICATE_NAME",
        name: "B",
        reason: "stands at line 2, column 19 and again at line 4, column 2",
      },
      {
        code: "DUPLICATE_NAME",
        name: "A",
        reason: "stands at line 2, column 3 and again at line 4, column 10",
      },
    ])
    expect(shown(secret)).toEqual([
      ["A", "string", marker],
      ["B", "string", "1"],
    ])
    expect(JSON.stringify(secret)).not.toContain(marker)
  })

  test("is no problem inside a nested value", () => {
    expect(read('{"A":{"x":1,"x":2}}', "json").problems).toEqual([])
  })
})

describe("a name that may not be sealed", () => {
  test("is a problem beside all the others, and its value is not read", () => {
    const secret = read(`{"a b":"${marker}","PATH":"${marker}","":1,"OK":1,"__proto__":{"x":1},"N":[]}`)
    expect(secret.problems.map(({ code, name }) => [code, name])).toEqual([
      ["BAD_NAME", "a b"],
      ["FORBIDDEN_NAME", "PATH"],
      ["BAD_NAME", ""],
      ["FORBIDDEN_NAME", "__proto__"],
      ["NESTED_VALUE", "N"],
    ])
    expect(shown(secret)).toEqual([["OK", "number", "1"]])
    expect(JSON.stringify(secret)).not.toContain(marker)
  })

  test("gives the problem of the names rules, whatever the name", () => {
    fc.assert(
      fc.property(fc.oneof(hostileValue, fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/)), (name) => {
        const problem = nameProblem(name)
        expect(read(`{${JSON.stringify(name)}: ""}`).problems).toEqual(problem === null ? [] : [problem])
      }),
      runs(150),
    )
  })
})

describe("bytes that are no secret", () => {
  const bytes = (...all: (readonly number[] | string)[]) =>
    Uint8Array.from(all.flatMap((part) => (typeof part === "string" ? [...encodeUtf8(part)] : part)))
  const json = `{"A":"${marker}"}`

  test.each<[string, string | Uint8Array, string]>([
    ["0 bytes", bytes(), "is empty"],
    ["a byte order mark", `\ufeff${json}`, "starts with a byte order mark"],
    [
      "UTF-16 with a mark, little endian",
      Buffer.from(`\ufeff${json}`, "utf16le"),
      "is UTF-16 or UTF-32, not UTF-8",
    ],
    [
      "UTF-16 with a mark, big endian",
      Buffer.from(`\ufeff${json}`, "utf16le").swap16(),
      "is UTF-16 or UTF-32, not UTF-8",
    ],
    ["UTF-16 without a mark", Buffer.from(json, "utf16le"), "is UTF-16 or UTF-32, not UTF-8"],
    [
      "UTF-16 without a mark, big endian",
      Buffer.from(json, "utf16le").swap16(),
      "is UTF-16 or UTF-32, not UTF-8",
    ],
    ["Latin-1", bytes(`{"A":"${marker}`, [0xe9], '"}'), "is not UTF-8"],
    ["an encoded surrogate", bytes(`{"A":"${marker}`, [0xed, 0xa0, 0x80], '"}'), "is not UTF-8"],
    ["an overlong slash", bytes(`{"A":"${marker}`, [0xc0, 0xaf], '"}'), "is not UTF-8"],
    ["blanks alone", " \n", "is not JSON (line 1, column 1)"],
    ["an object without names", "{ }", "has no names"],
    ["an array", `["${marker}"]`, "is a JSON array, not an object"],
    ["a string", `"${marker}"`, "is a JSON string, not an object"],
    ["a number", "31337", "is a JSON number, not an object"],
    ["a truth value", "true", "is a JSON boolean, not an object"],
    ["null", "null", "is a JSON null, not an object"],
    ["a .env file", `A=${marker}`, "is not JSON (line 1, column 1)"],
    ["a comment", `{"A":"${marker}" /* c */}`, "is not JSON (line 1, column 16)"],
    ["a trailing comma", `{"A":"${marker}",\n}`, "is not JSON (line 2, column 1)"],
    ["single quotes", `{'A':'${marker}'}`, "is not JSON (line 1, column 2)"],
    ["an unfinished string", `{"A":"${marker}`, "is not JSON (line 1, column 14)"],
    [
      "a raw newline in a string",
      `{"A":1,\n"B":"${marker}\n"}`,
      "is not JSON (raw control character in the string at line 2, column 5)",
    ],
    ["two objects", `${json}\n${json}`, "is not JSON (line 2, column 1)"],
  ])("are refused with the place and nothing of their text: %s", (_, input, what) => {
    const error = failure(input)
    expect(error.code).toBe("SECRET_MALFORMED" satisfies ErrorCode)
    expect(error.message).toBe(`${source} ${what}`)
    expect(error.cause).toBeUndefined()
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(marker)
  })

  test("are refused when they nest too deeply", () => {
    const error = failure(`{"A":${"[".repeat(200_000)}${"]".repeat(200_000)}}`)
    expect(error.code).toBe("SECRET_MALFORMED")
    expect(error.message).toBe(`${source} is nested too deeply`)
  })

  test("are refused from the first name over the limit", () => {
    const names = (count: number) => `{${Array.from({ length: count }, (_, at) => `"K${at}":1`).join(",")}}`
    expect(read(names(maxNames)).entries).toHaveLength(maxNames)
    expect(failure(names(maxNames + 1)).message).toBe(`${source} has more than 5000 names`)
  })

  test("are refused without a trace of the text when it is damaged anywhere", () => {
    const damage = fc.constantFrom("{", "}", '"', "\\", ",", ":", "x", "\n", "\u0001", "'", "]", "1")
    fc.assert(
      fc.property(damage, fc.nat(), hostileValue, (insert, where, value) => {
        const text = JSON.stringify({ A: marker, B: `${marker}${value}`, C: { D: marker } }, null, 1)
        const at = where % (text.length + 1)
        try {
          const secret = read(text.slice(0, at) + insert + text.slice(at), "refuse")
          const values = {
            ...secret,
            problems: secret.problems.map(({ code, reason }) => ({ code, reason })),
          }
          expect(inspect(values, { depth: 9 }).replaceAll(/name: .*/g, "")).not.toContain(marker)
        } catch (error) {
          expect(error).toBeInstanceOf(EnvsealError)
          expect(inspect(error, { depth: 9 })).not.toContain(marker)
        }
      }),
      runs(200),
    )
  })
})
