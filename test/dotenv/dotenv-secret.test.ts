import { parseEnv } from "node:util"
import { parse } from "dotenv"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeUtf8 } from "../../src/core/text.ts"
import { type DotenvSecret, readDotenvSecret } from "../../src/dotenv/dotenv-secret.ts"
import { writeDotenv } from "../../src/dotenv/write.ts"
import { dotenvText } from "../data/dotenv-text.ts"
import { failureOf } from "../fake/failure.ts"
import { entry, hostileValue, runs } from "./values.ts"

const source = "dotenv:.env"
const read = (text: string): DotenvSecret => readDotenvSecret(encodeUtf8(text), source)

function values({ entries }: DotenvSecret): Record<string, string> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value.reveal()]))
}

function problems(text: string): string[] {
  return read(text).problems.map(({ code, name, reason }) => `${name} ${reason} [${code}]`)
}

describe("a .env", () => {
  test.each<[string, string, Record<string, string>]>([
    ["comments and blank lines", "# c\n\n  # d\nA=1\n", { A: "1" }],
    ["export", "export AB=1\n", { AB: "1" }],
    ["CRLF line ends", "A=1\r\nB='2'\r\n", { A: "1", B: "2" }],
    ["a comment after a value", "A=1 # one\nB='2' # two\nC=\n", { A: "1", B: "2", C: "" }],
    ["single quotes without any escape", "A='a\\n$B ${B} \"'\n", { A: 'a\\n$B ${B} "' }],
    ["the escapes of double quotes", 'A="a\\nb\\r\\"\\$\\\\"\n', { A: 'a\nb\r"$\\' }],
    [
      "a value of several lines",
      'A="-----BEGIN\nabc\n-----END"\nB=2\n',
      {
        A: "-----BEGIN\nabc\n-----END",
        B: "2",
      },
    ],
    [
      "a JSON value and a URL",
      "A='{\"a\":[1]}'\nB=mysql://u:p@h/db?a=1&b=2\n",
      {
        A: '{"a":[1]}',
        B: "mysql://u:p@h/db?a=1&b=2",
      },
    ],
    ["words that Laravel casts, as text", "A=true\nB=(null)\n", { A: "true", B: "(null)" }],
  ])("with %s is read as Laravel reads it", (_, text, expected) => {
    const secret = read(text)
    expect(secret.problems).toEqual([])
    expect(values(secret)).toEqual(expected)
  })

  test("has its ${NAME} resolved by what stands before in the file, and only there", () => {
    const text = 'HOST=db\nURL="mysql://${HOST}/${HOST}?x=${NAME2}"\n'
    expect(values(read(`NAME2='\${HOST}'\n${text}COPY=\${URL}\n`))).toEqual({
      NAME2: "${HOST}",
      HOST: "db",
      URL: "mysql://db/db?x=${HOST}",
      COPY: "mysql://db/db?x=${HOST}",
    })
  })

  test.each([
    [
      "of the machine",
      "A=1\nB=${HOME}/x\n",
      "B on line 2 takes ${HOME} from the machine, which the file does not have",
    ],
    [
      "that stands further down",
      "A=${B}\nB=1\n",
      "A on line 1 takes ${B} from the machine, which stands further down",
    ],
    ["of itself", 'A="${A}"\n', "A on line 1 takes ${A} from the machine, which is the value itself"],
  ])("with a reference %s is refused by name and line", (_, text, expected) => {
    expect(problems(text)).toEqual([expect.stringContaining(expected)])
    expect(problems(text)[0]).toMatch(/\[OUTSIDE_REFERENCE\]$/)
  })

  test("whose references to references would grow without end is refused by name and line", () => {
    const lines = Array.from({ length: 60 }, (_, at) => `A${at + 1}="\${A${at}}\${A${at}}"`)
    const [first, ...others] = problems(["A0=hunter2hunter2hu", ...lines].join("\n"))
    expect(first).toMatch(/^A13 on line 14 is longer than 131071 bytes .*\[VALUE_TOO_LONG\]$/)
    expect(others).toHaveLength(47)
  })

  test("with a name twice is refused with both lines", () => {
    expect(problems("A=hunter1\nB=2\n\nA=hunter2\n")).toEqual([
      "A stands on line 1 and again on line 4 [DUPLICATE_NAME]",
    ])
  })

  test("with names that may not be sealed is refused by name and line", () => {
    expect(problems("mail.host=x\nPATH=/bin\n")).toEqual([
      "mail.host on line 1 is not letters, digits and _ with no digit first [BAD_NAME]",
      "PATH on line 2 could change which code the process runs [FORBIDDEN_NAME]",
    ])
  })

  test.each([
    ["a # within a bare value", "A=hunter#2"],
    ["a bare value that starts with #", "A=#hunter2"],
    ["a comment without a blank before it", "A='hunter2'#c"],
    ["a comment right after double quotes", 'A="hunter2"#c'],
    ["$NAME outside quotes", "A=hunter$two"],
    ["$NAME in double quotes", 'A="hunter $two"'],
    ["a bcrypt hash outside quotes", "A=$2y$10$hunter2"],
    ["a default in the way of shells", "A=${HUNTER:-2}"],
    ["a command", 'A="$(hunter2)"'],
    ["a backtick as a quote", "A=`hunter2`"],
    ["\\n outside quotes", "A=hunter\\n2"],
    ["\\t in double quotes", 'A="C:\\thunter2"'],
    ["a blank in place of a value", "A= "],
    ["a comment in place of a value", "A= # hunter2"],
    ["a no-break space at the end", "A=hunter2\u00a0"],
    ["a vertical tab in a bare value", "A=hunter\v"],
    ["no = at all", "A"],
    ["a quoted name", "'A'=hunter2"],
    ["a line that old phpdotenv takes for a start", 'A="hunter\nend="'],
  ])("with %s is refused by name and line, and without its value", (_, text) => {
    const [problem, ...others] = problems(`FIRST=1\n${text}\n`)
    expect(others).toEqual([])
    expect(problem).toMatch(/^A on line 2 .* \[DOUBTFUL_SYNTAX\]$/)
    expect(problem).not.toMatch(/hunter(?!\d? ?$)/)
  })

  test("with a tab after export is refused, for Node takes it for a part of the name", () => {
    expect(problems("export AB=1\nexport\tCD=hunter2\n")).toEqual([
      "CD on line 2 has a tab after export, which Node takes for a part of the name: use a space [DOUBTFUL_SYNTAX]",
    ])
  })

  test("is told all that is wrong with it at once", () => {
    expect(problems("A=a#b\nB=${NONE}\nA=2\nC=ok\n").map((text) => text.slice(0, 1))).toEqual(["A", "B", "A"])
  })

  test.each<[string, string | Uint8Array, string]>([
    ["nothing in it", "# only a comment\n", "dotenv:.env has no names"],
    ["a byte order mark", "\uFEFFA=1\n", "dotenv:.env starts with a byte order mark"],
    ["line ends of CR alone", "A=1\rB=hunter2\r", "dotenv:.env:1: a carriage return without a line feed"],
    ["a CR within a value", 'A=1\r\nB="hunter\r2"\n', "dotenv:.env:2: a carriage return without a line feed"],
    ["another encoding", Buffer.from("A=caf\xe9\n", "latin1"), "dotenv:.env is not UTF-8"],
    ["UTF-16", Buffer.from("A=1\n", "utf16le"), "dotenv:.env is not UTF-8"],
    ["text after a value", "A=1\nB=hunter 2\n", "dotenv:.env:2: text after the value of B"],
    ["an unknown escape", 'A="hunter\\x2"\n', "dotenv:.env:1: unknown escape in A"],
    ["a quote that is never closed", 'A=1\nB="hunter2\nC=3\n', "dotenv:.env:2: a quote is not closed"],
    [
      "a comment that opens a quote",
      'A=1\n# see X="hunter2\nB="3"\n',
      "dotenv:.env:2: a quote is not closed",
    ],
    ["a single quote that is not closed", "A='hunter2\n", "dotenv:.env:1: missing quote in A"],
    [
      "too many names",
      Array.from({ length: 5_001 }, (_, n) => `N${n}=`).join("\n"),
      "dotenv:.env has more than 5000 names",
    ],
  ])("with %s is refused as a whole, and without a value", async (_, text, message) => {
    const bytes = typeof text === "string" ? encodeUtf8(text) : text
    const failure = await failureOf(async () => readDotenvSecret(bytes, source))
    expect(failure).toMatchObject({ code: "DOTENV_MALFORMED", message: expect.stringContaining(message) })
    expect(`${failure.message} ${failure.hint}`).not.toContain("hunter")
  })
})

describe("the values of a .env", () => {
  test("that envseal wrote come back, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(hostileValue, { minLength: 1, maxLength: 6 }), (list) => {
        const entries = list.map((value, at) => entry(`V${at}`, value))
        const { text } = writeDotenv(entries)
        fc.pre(text !== null)
        const secret = read(text ?? "")
        expect(secret.problems).toEqual([])
        expect(values(secret)).toEqual(Object.fromEntries(list.map((value, at) => [`V${at}`, value])))
      }),
      runs(150),
    )
  })

  test("are those of npm dotenv and Node where nothing is escaped or referred to", () => {
    let accepted = 0
    fc.assert(
      fc.property(dotenvText, (text) => {
        const secret = readable(text)
        if (secret === null || /\\|\$\{/.test(text)) return
        accepted++
        const expected = values(secret)
        expect(parse(text), text).toEqual(expected)
        // Node keeps `export` in the name of an empty value; no value is another for it.
        if (!/export \S+ ?=\s*$/m.test(text)) expect({ ...parseEnv(text) }, text).toEqual(expected)
      }),
      runs(2_000),
    )
    expect(accepted).toBeGreaterThan(0)
  })

  test("are found or refused for any text, and never end in a bug", () => {
    fc.assert(
      fc.property(fc.oneof(dotenvText, fc.string({ unit: "binary" })), (text) => {
        readable(text)
      }),
      runs(500),
    )
  })
})

/** @returns `null` for a text that is refused, wholly or in part. */
function readable(text: string): DotenvSecret | null {
  try {
    const secret = read(text)
    return secret.problems.length === 0 ? secret : null
  } catch (error) {
    expect(error).toMatchObject({ code: "DOTENV_MALFORMED" })
    return null
  }
}
