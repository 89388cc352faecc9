import { readFileSync } from "node:fs"
import fc from "fast-check"
import { Secret } from "../../src/core/secret.ts"
import type { Entry } from "../../src/dotenv/entry.ts"

export interface Case {
  readonly name: string
  readonly value: string
}

/** Fixed values that have broken a reader of `.env` somewhere, each with a name that says how. */
export const corpus: readonly Case[] = JSON.parse(
  readFileSync(new URL("../data/dotenv-values.json", import.meta.url), "utf8"),
)

/** Values that a wrongly read neighbour would swallow, cut short or run into. Each can be written. */
export const neighbours: readonly string[] = [
  "it's # one",
  'x="',
  "\\",
  "a\nb",
  "${V0}",
  "'",
  '"',
  "# '\"",
  '="\nend="',
  "$(a) `b`",
  "\t",
  "plain",
]

/**
 * Runs of a property: more or fewer when FUZZ is set to a factor. Each run of the tests tries other values; what
 * fails is printed with its seed, and FUZZ_SEED plays it again.
 */
export function runs(count: number): { numRuns: number; seed?: number } {
  const factor = Number(process.env["FUZZ"] ?? 1)
  const numRuns = Math.max(1, Math.round(count * (factor > 0 ? factor : 1)))
  const seed = process.env["FUZZ_SEED"]
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) }
}

export function entry(name: string, value: string): Entry {
  return { name, value: new Secret(value), kind: "string" }
}

/** The values as entries `V0`, `V1`, …, with a hostile neighbour before, between and after them. */
export function amongNeighbours(values: readonly string[], first = 0): Entry[] {
  const neighbour = (n: number) => entry(`N${n}`, neighbours[n % neighbours.length] ?? "")
  const pairs = values.flatMap((value, at) => [neighbour(first + at), entry(`V${first + at}`, value)])
  return [...pairs, neighbour(first + values.length)]
}

const specials = [
  ..." \t\n\r\v\f\"'`\\$#={}()&;|<>*?[]~!%@:.,-_\u0000\u0007\u001b\u007f\u0085\u00a0\u2028\ufeff\ufffd",
]

const tokens = [
  ...'${A} $A ${ } ${V0} ${N0:-x} $$ \\$ $(a) $(echo $A) `a` =" =\' ="" \\n \\r \\t \\e \\u0041 \\\\ \\" \\\' # //'.split(
    " ",
  ),
  ...[
    " #",
    "\r\n",
    "\n\n",
    '\n"',
    '\n="',
    "\n#",
    "\nexport A=",
    "\nA=1",
    '"\nA="',
    "\\\n",
    '"""',
    "'''",
    "true",
    "(null)",
  ],
  ...["é", "日", "😀", "\u{1F3F4}\u{E0067}", "\u{10FFFF}"],
]

/** Characters of all planes, noncharacters too. (The library's own unit `binary` takes a second to build.) */
const anyText = (maxLength: number) =>
  fc
    .array(
      fc.oneof(
        fc.nat(0xff),
        fc.integer({ min: 0x100, max: 0xd7ff }),
        fc.integer({ min: 0xe000, max: 0x10ffff }),
      ),
      {
        maxLength,
      },
    )
    .map((points) => String.fromCodePoint(...points))

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...specials) },
  { weight: 5, arbitrary: fc.constantFrom(...tokens) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 6 }) },
  { weight: 1, arbitrary: anyText(4) },
)

const pieces = fc.array(piece, { maxLength: 14 }).map((all) => all.join(""))
const lines = fc.array(fc.oneof(pieces, fc.string({ unit: "grapheme-ascii" })), { maxLength: 6 })
const json = fc.json({ maxDepth: 2 })

const mutated = fc.tuple(fc.constantFrom(...corpus), piece, fc.nat()).map(([{ value }, insert, where]) => {
  const at = where % (value.length + 1)
  return value.slice(0, at) + insert + value.slice(at)
})

const multibyte = fc.constantFrom("é", "日", "😀", "\u{10FFFF}", "\u07ff", "\uffee")

/**
 * A line break, then about as many bytes without a blank or special as phpdotenv's lexer takes into one token,
 * mostly multi-byte: what PHP 8.3 corrupts when the line break is written as an escape.
 */
export const longRun: fc.Arbitrary<string> = fc
  .record({
    before: pieces,
    lineBreak: fc.constantFrom("\n", "\n", "\n", "\r\n", "\r"),
    shift: fc.nat({ max: 5 }),
    unit: multibyte,
    bytes: fc.oneof(fc.integer({ min: 960, max: 1040 }), fc.integer({ min: 1, max: 2600 })),
    after: fc.oneof(fc.constantFrom("", " ", '="', "\n", '"', "$", "="), pieces),
  })
  .map(({ before, lineBreak, shift, unit, bytes, after }) => {
    const run = "a".repeat(shift) + unit.repeat(Math.ceil(bytes / Buffer.byteLength(unit)))
    return before + lineBreak + run + after
  })

/** Any string, well-formed or not, leaning towards what some reader of `.env` gets wrong. */
export const hostileValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: pieces },
  { weight: 4, arbitrary: fc.tuple(lines, fc.constantFrom("\n", "\r\n")).map(([all, end]) => all.join(end)) },
  { weight: 3, arbitrary: mutated },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 40 }) },
  { weight: 2, arbitrary: json },
  { weight: 1, arbitrary: json.map((text) => JSON.stringify(JSON.parse(text), null, 2)) },
  { weight: 1, arbitrary: anyText(30) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map(codeUnits) },
  { weight: 1, arbitrary: longRun },
)

function codeUnits(units: readonly number[]): string {
  return String.fromCharCode(...units)
}

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("A", "B_1", "KEY", "export AB", "'Q'", '"R"', "a.b", "9") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "A-B", "export X", "export\tABCDEF", "ü_KEY", "日本", "' '", "#", "A B"),
  },
)

const plainPiece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "a",
      "b c",
      "é",
      "日",
      "${A}",
      "$A",
      "${",
      "\\n",
      "\\\\",
      '\\"',
      "\\$",
      "=",
      "-",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ..."\"'\\#\n\r",
      '="',
      "\f",
      "\v",
      "\t",
      " #",
      "\\e",
      "\0",
      "\u00a0",
      "\u2028",
    ),
  },
)

const plain = fc.array(plainPiece, { maxLength: 5 }).map((all) => all.join(""))

const quoted = fc.tuple(fc.constantFrom('"', '"', "'"), plain, fc.constantFrom("\n", ""), plain)

const value = fc.oneof(
  plain,
  quoted.map(([quote, first, lineBreak, second]) => quote + first + lineBreak + second + quote),
  pieces.filter((text) => text.isWellFormed()),
)

const assignment = fc
  .tuple(
    name,
    fc.constantFrom("=", "=", "=", " = ", ""),
    value,
    fc.constantFrom("", "", "", " # c", " ", "\f"),
  )
  .map((parts) => parts.join(""))

const line = fc.oneof(
  { weight: 8, arbitrary: assignment },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", " ", "# c", '# X="a', '"', '\\\\"', "; c", "\f", "\0", "\ufeff"),
  },
)

/** Any text that someone might take for a `.env`, right or wrong. */
export const dotenvText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "", "", "\ufeff"),
    fc.array(line, { maxLength: 4 }),
    fc.constantFrom("\n", "\n", "\r\n", "\r"),
  )
  .map(([mark, all, lineEnd]) => mark + all.join(lineEnd))
