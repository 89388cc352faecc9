import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeValue } from "../../../src/dotenv/encode.ts"
import { needlesOf } from "../../../src/scan/core/needle.ts"
import { SearchSet } from "../../../src/scan/core/search-set.ts"
import type { Encoding } from "../../../src/scan/core/spelling.ts"
import { weakness } from "../../../src/scan/core/weakness.ts"
import { entry, runs } from "../../dotenv/values.ts"
import { cut } from "../../fake/scan-targets.ts"
import { encoders } from "../encoders.ts"

/** What programs write, each by its own rules and none by the code under test. */
const writers: readonly (readonly [string, (value: string) => string | Uint8Array])[] = [
  ["as it is", (value) => value],
  ["in base64", (value) => Buffer.from(value).toString("base64")],
  ["in base64, after one byte", (value) => Buffer.from(`x${value}yz`).toString("base64")],
  ["in base64, after two bytes", (value) => Buffer.from(`xy${value}z`).toString("base64")],
  ["in base64url, after two bytes", (value) => Buffer.from(`xy${value}`).toString("base64url")],
  ["in hexadecimal", (value) => Buffer.from(value).toString("hex")],
  ["in upper case hexadecimal", (value) => Buffer.from(value).toString("hex").toUpperCase()],
  ["in a part of a URL", encodeURIComponent],
  ["in a form", (value) => `${new URLSearchParams({ password: value, other: "1" })}`],
  ["by PHP's rawurlencode", (value) => percentEncoded(value, /[\w.~-]/)],
  ["by PHP's urlencode", (value) => percentEncoded(value, /[\w.-]/).replaceAll("%20", "+")],
  ["with lower case percent signs", (value) => percentEncoded(value, /[\w.~-]/, "lower")],
  ["in JSON", (value) => JSON.stringify({ value })],
  ["by PHP's json_encode", (value) => asciiJson(value).replaceAll("/", "\\/")],
  ["by Python's json.dumps", asciiJson],
  ["by PHP's var_export", (value) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`],
  ["in a .env", dotenv],
  ["in UTF-16", (value) => Buffer.from(value, "utf16le")],
]

function percentEncoded(value: string, safe: RegExp, digits: "upper" | "lower" = "upper"): string {
  const encoded = [...Buffer.from(value)].map((byte) => {
    const c = String.fromCharCode(byte)
    const hex = byte.toString(16).padStart(2, "0")
    return byte < 128 && safe.test(c) ? c : `%${digits === "upper" ? hex.toUpperCase() : hex}`
  })
  return encoded.join("")
}

function asciiJson(value: string): string {
  const units = JSON.stringify(value).split("")
  return units.map((c) => (c > "\x7f" ? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}` : c)).join("")
}

function dotenv(value: string): string {
  const encoded = encodeValue(value)
  return "text" in encoded ? encoded.text : value
}

/** Any value that is looked for. */
const values = fc
  .oneof(
    fc.string({ minLength: 8, maxLength: 60 }),
    fc.string({ minLength: 8, maxLength: 40, unit: fc.constantFrom(..."aZ9 /+_-.~'\"\\$&<>!()*ü日😀\n%=") }),
    fc.string({ minLength: 400, maxLength: 3_000 }),
  )
  .map((value) => value.trim())
  .filter((value) => weakness(value, 8) === null)

/** Those that are looked for among escapes that no program needs: the limit that docs/threat-model.md states. */
const richValues = values.filter((value) => {
  const rest = [...value.replace(/['"\\\s+]/g, "")]
  return rest.length >= 5 && new Set(rest).size >= 4
})

/** Right at that limit: 5 characters, 4 of them different, with quotes, backslashes, plus signs and blanks before and between. */
const leastRichValues = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(..."aZ9/_-.~$&<>!()*ü日😀%="), { minLength: 4, maxLength: 4 }),
    fc.nat(3),
    fc.array(fc.string({ maxLength: 4, unit: fc.constantFrom(..."'\"\\ +\n") }), {
      minLength: 5,
      maxLength: 5,
    }),
  )
  .map(([characters, again, between]) =>
    [...characters, characters[again]].map((c, at) => `${between[at]}${c}`).join(""),
  )
  .map((value) => value.trim())
  .filter((value) => weakness(value, 8) === null)

const borders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })
const noise = fc.uint8Array({ maxLength: 300 })

function searchSetFor(value: string): SearchSet {
  return new SearchSet(needlesOf([entry("SECRET", value)], { minLength: 8, excuse: () => null }))
}

function encodingsIn(value: string, chunks: readonly Uint8Array[]): readonly Encoding[] {
  const searchSet = searchSetFor(value)
  const search = searchSet.search()
  for (const chunk of chunks) search.write(chunk)
  return searchSet.describe(search.found).flatMap((one) => (one.type === "value" ? one.encodings : []))
}

describe("a value is found", () => {
  test.each(writers)("%s, anywhere and across chunks", (_title, write) => {
    fc.assert(
      fc.property(values, noise, noise, borders, (value, before, after, fractions) => {
        const text = Buffer.concat([before, Buffer.from(write(value)), after])
        expect(encodingsIn(value, cut(text, fractions))).not.toEqual([])
      }),
      runs(150),
    )
  })

  test("that is mostly quotes, between the quotes of SQL and YAML", () => {
    const value = `aaaa=a'"`
    expect(encodingsIn(value, [Buffer.from(`a: '${value.replaceAll("'", "''")}'`)])).toEqual(["escaped"])
  })

  test("that has several quotes at its ends alone, between the quotes of a shell", () => {
    for (const value of ["''abcdefgh", "abcdefgh''"]) {
      const written = `A='${value.replaceAll("'", `'"'"'`)}'`
      expect(encodingsIn(value, [Buffer.from(written)])).toEqual(["escaped"])
    }
  })

  test.each(encoders)("$name, in whatever pieces it comes", ({ write }) => {
    fc.assert(
      fc.property(richValues, fc.nat(200), noise, borders, (value, turn, before, fractions) => {
        const text = Buffer.concat([before, Buffer.from("\n"), Buffer.from(write(value, turn))])
        expect(encodingsIn(value, cut(text, fractions))).not.toEqual([])
      }),
      runs(30),
    )
  })

  test.each(encoders)("$name, when it is right at the limit that the threat model states", ({ write }) => {
    fc.assert(
      fc.property(leastRichValues, fc.nat(200), (value, turn) => {
        expect(encodingsIn(value, [Buffer.from("\n"), Buffer.from(write(value, turn))])).not.toEqual([])
      }),
      runs(20),
    )
  })

  test.each([
    ["4 characters besides quotes", `""""abcd`],
    ["3 different characters besides quotes", `aabbc"""`],
  ])("as it is and in JSON, but not among needless escapes, when it has %s", (_title, value) => {
    const needless = [...value].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join("")
    expect(encodingsIn(value, [Buffer.from(value)])).toEqual(["raw"])
    expect(encodingsIn(value, [Buffer.from(JSON.stringify(value))])).toEqual(["JSON"])
    expect(encodingsIn(value, [Buffer.from(needless)])).toEqual([])
  })

  test("a byte at a time as well as in one piece", () => {
    const value = 'it\'s /a "$5" tür\\x'
    for (const [turn, { name, write }] of encoders.entries()) {
      const bytes = Buffer.from(write(value, turn))
      expect(encodingsIn(value, [bytes]), name).not.toEqual([])
      expect(
        encodingsIn(
          value,
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
        ),
        name,
      ).not.toEqual([])
    }
  })

  test("in base64 with line breaks, wherever it begins", () => {
    const long = fc.string({ minLength: 90, maxLength: 400 }).filter((value) => weakness(value, 8) === null)
    fc.assert(
      fc.property(long, fc.nat(100), fc.constantFrom(64, 70, 76), (value, offset, width) => {
        const trimmed = value.trim()
        fc.pre(Buffer.byteLength(trimmed) >= 72)
        const base64 = Buffer.from("p".repeat(offset) + trimmed + "q".repeat(9)).toString("base64")
        const wrapped = base64.replace(new RegExp(`.{${width}}`, "g"), "$&\r\n")
        expect(encodingsIn(trimmed, [Buffer.from(wrapped)])).not.toEqual([])
      }),
      runs(300),
    )
  })
})

describe("the encoding that is told", () => {
  const value = "it's /a $5 tür"
  test.each<[string, string | Uint8Array, Encoding]>([
    ["raw", value, "raw"],
    ["base64", Buffer.from(value).toString("base64"), "base64"],
    ["hex", Buffer.from(value).toString("hex"), "hex"],
    ["a URL", encodeURIComponent(value), "URL"],
    ["JSON", asciiJson(value), "JSON"],
    ["PHP", "'it\\'s /a $5 tür'", "PHP"],
    [".env", dotenv(value), ".env"],
    ["UTF-16", Buffer.from(value, "utf16le"), "UTF-16"],
  ])("is that of %s", (_title, text, encoding) => {
    expect(encodingsIn(value, [Buffer.from(text)])).toEqual([encoding])
  })
})

describe("a key in PEM", () => {
  const lines = Array.from({ length: 5 }, (_, at) => Buffer.alloc(48, `key line ${at}`).toString("base64"))
  const pem = `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`

  test.each([
    ["with CRLF", pem.replaceAll("\n", "\r\n")],
    ["without line breaks", lines.join("")],
    ["wrapped at 76", lines.join("").replace(/.{76}/g, "$&\n")],
    ["wrapped at 64 from another place", `ab${lines.join("")}`.replace(/.{64}/g, "$&\n")],
    ["in base64, with CRLF", Buffer.from(pem.replaceAll("\n", "\r\n")).toString("base64")],
  ])("is found %s", (_title, text) => {
    expect(encodingsIn(pem, [Buffer.from(text)])).not.toEqual([])
  })

  test("is not found in another key, by the lines that all have", () => {
    const other = pem.replace(/[A-Za-z0-9+/]{64}/g, (line) => [...line].reverse().join(""))
    expect(encodingsIn(pem, [Buffer.from(other)])).toEqual([])
  })
})

describe("what is in a value", () => {
  const key = Buffer.from("an APP_KEY of 32 bytes, a secret").toString("base64")

  test.each<[string, string | Uint8Array, Encoding]>([
    ["the part after base64:", `key = "${key}"`, "raw"],
    ["the bytes it stands for", Buffer.from(key, "base64"), "decoded"],
    ["these bytes in hex", Buffer.from(key, "base64").toString("hex"), "hex"],
  ])("is found too: %s", (_title, text, encoding) => {
    expect(encodingsIn(`base64:${key}`, [Buffer.from(text)])).toEqual([encoding])
  })

  test("is found too: a long string of nested JSON that is laid out again", () => {
    const nested = { type: "account", private_key: `${"k3y".repeat(20)}\nsecond`, port: 1 }
    const text = JSON.stringify(nested, null, 2)
    expect(encodingsIn(JSON.stringify(nested), [Buffer.from(text)])).toEqual(["a part"])
  })
})

test("a value with blanks around it is found without them", () => {
  expect(encodingsIn("  hunter22-secret\n", [Buffer.from("x hunter22-secret x")])).toEqual(["raw"])
})
