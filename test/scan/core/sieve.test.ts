import { readFileSync } from "node:fs"
import fc from "fast-check"
import { afterEach, describe, expect, test, vi } from "vitest"
import { vectorCodeModule } from "../../../build/vector-code.ts"
import { Matcher } from "../../../src/scan/core/matcher.ts"
import { needlesOf } from "../../../src/scan/core/needle.ts"
import { Output } from "../../../src/scan/core/output.ts"
import { Reading } from "../../../src/scan/core/reading.ts"
import type { Sieve } from "../../../src/scan/core/sieve.ts"
import { sieveFor } from "../../../src/scan/core/sieve-choice.ts"
import { TableSieve } from "../../../src/scan/core/table-sieve.ts"
import { Triples } from "../../../src/scan/core/triple.ts"
import { VectorSieve, vectorModule } from "../../../src/scan/core/vector-sieve.ts"
import { entry, runs } from "../../dotenv/values.ts"

const values = [
  "k9#Q z'7&x\"Y%2",
  "C:\\new\\table path",
  "pässword ünd 日本",
  "abcdefghijklmnopqrstuvwxyz0123456789",
]
const entries = values.map((value, at) => entry(`A${at}`, value))
const { needles, decoded } = needlesOf(entries, { minLength: 8, excuse: () => null })
const triples = new Triples(decoded.flatMap(({ texts }) => texts))
const readings = decoded.map(
  ({ decoder, needles: patterns, texts }) => new Reading({ decoder, patterns, texts }, triples, 0),
)
const kinds = readings.flatMap((reading) => reading.kinds)
const ofKind = readings.flatMap((reading) => reading.kinds.map(() => reading))
const looked = new Matcher(needles).words() ?? new Set<number>()
const module = vectorModule() ?? {}
const sieves = {
  table: new TableSieve(looked, kinds, triples),
  vector: new VectorSieve(module, looked, kinds, triples),
}

interface Held {
  readonly words: readonly number[]
  /** Each mark with one of its kinds, as `at:kind`. */
  readonly marks: readonly string[]
}

function heldBy(sieve: Sieve, bytes: Uint8Array): Held {
  const words: number[] = []
  const marks: string[] = []
  sieve.join(bytes.subarray(0, 5), bytes.subarray(5))
  for (let from = 0; from < bytes.length; ) {
    from = sieve.sift(from, bytes.length)
    words.push(...sieve.words.subarray(0, sieve.wordCount))
    for (const [at, mark] of sieve.marks.subarray(0, sieve.markCount).entries())
      for (const kind of kinds.keys()) if (((sieve.kinds[at] ?? 0) >> kind) & 1) marks.push(`${mark}:${kind}`)
  }
  return { words, marks }
}

/** What the readings themselves say of every mark. */
function marksThatMatter(bytes: Uint8Array): string[] {
  const output = new Output()
  const isOf = (set: string | Uint8Array, byte: number) =>
    typeof set === "string" ? set.includes(String.fromCharCode(byte)) : set.includes(byte)
  return [...bytes.keys()].flatMap((at) =>
    kinds.flatMap(({ marks, before, after }, kind) =>
      isOf(marks, bytes[at] ?? 0) &&
      (at === 0 || before === null || isOf(before, bytes[at - 1] ?? 0)) &&
      isOf(after, bytes[at + 1] ?? 0) &&
      ofKind[kind]?.matters(bytes, at, bytes.length, output)
        ? [`${at}:${kind}`]
        : [],
    ),
  )
}

function wordsIn(bytes: Uint8Array): number[] {
  const all = Buffer.from(bytes)
  return Array.from({ length: bytes.length >> 2 }, (_, at) => 4 * at).filter((at) =>
    looked.has(all.readInt32LE(at)),
  )
}

const base64 = values.map((value) => Buffer.from(value).toString("base64"))
const cut = (text: string, at: number, between: string) =>
  `${text.slice(0, at % text.length)}${between}${text.slice(at % text.length)}`

/** A value that is broken or escaped once, so that a mark in it matters; cut at both ends, mostly where nothing is. */
const broken = fc
  .tuple(
    fc.oneof(
      fc
        .tuple(
          fc.constantFrom(...base64),
          fc.nat(60),
          fc.constantFrom("\n", "\r\n", "\n    ", " \n", "\t\r\n\t", "\\n", "\\r\\n  "),
        )
        .map(([text, at, between]) => cut(text, at, between)),
      fc
        .tuple(fc.constantFrom(...values), fc.nat(40), fc.constantFrom("\\", "\\\n", "'", '"'))
        .map(([text, at, between]) => cut(text, at, between)),
    ),
    fc.constantFrom(0, 0, 0, 1, 2, 5),
    fc.constantFrom(0, 0, 0, 1, 2, 5),
  )
  .map(([text, before, after]) => text.slice(before, text.length - after))

/** Pieces of values in between what marks consist of, so that marks stand beside bytes of values. */
const pieces = fc.oneof(
  broken,
  fc.constantFrom(...values.map((value) => value.replace(/['"]/g, "$&$&"))),
  fc.constantFrom(
    ..."\\'\"%&\n\r\t #;nrtux0u{}",
    "\r\n",
    "\n    ",
    "\\n",
    "''",
    "\\\\",
    "%4",
    "&#",
    "\\u00",
    "\v",
  ),
  fc
    .tuple(fc.constantFrom(...values, ...base64), fc.nat(40), fc.nat(12))
    .map(([text, at, size]) => text.slice(at, at + size)),
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
)
const texts = fc.array(pieces, { maxLength: 30 }).map((all) => Uint8Array.from(Buffer.from(all.join(""))))

describe("the vector sieve", () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  test("is what this machine uses", () => {
    expect(sieveFor(looked, kinds, triples)).toBeInstanceOf(VectorSieve)
  })

  test.each([
    ["WebAssembly", undefined],
    ["vectors", { validate: () => false }],
  ])("is not used without %s", (_, there) => {
    vi.stubGlobal("WebAssembly", there)
    expect(sieveFor(looked, kinds, triples)).toBeInstanceOf(TableSieve)
  })

  test("is made from its source (node build/vector-code.ts)", async () => {
    const made = readFileSync(new URL("../../../src/scan/core/vector-code.ts", import.meta.url), "utf8")
    expect(made).toBe(await vectorCodeModule())
  })
})

describe.each(Object.entries(sieves))("the %s sieve", (_title, sieve) => {
  test("holds back each word that is looked for, and each mark that matters", () => {
    fc.assert(
      fc.property(texts, (bytes) => {
        const held = heldBy(sieve, bytes)
        expect(held.words).toEqual(expect.arrayContaining(wordsIn(bytes)))
        expect(held.marks).toEqual(expect.arrayContaining(marksThatMatter(bytes)))
      }),
      runs(1_500),
    )
  })

  test.each([
    ["words", `${values[3]}`],
    ["marks", "k9\\x23Q z;"],
  ] as const)("goes on where it had no more room for %s", (what, text) => {
    const bytes = Buffer.from(text.repeat(5_000))
    const wanted = { words: wordsIn(bytes), marks: marksThatMatter(bytes) }
    const held = new Set<number | string>(heldBy(sieve, bytes)[what])
    expect(wanted[what].length).toBeGreaterThan(4_096)
    for (const one of wanted[what]) if (!held.has(one)) expect.fail(`${one} is not held back`)
  })
})

test("a sieve holds back the same in room that was used and that has grown", () => {
  const long = Buffer.from("x\\y\n".repeat(50_000))
  const short = Buffer.from(`${values[0]}\\q`)
  for (const sieve of Object.values(sieves)) {
    const before = heldBy(sieve, short)
    heldBy(sieve, long)
    expect(heldBy(sieve, short)).toEqual(before)
  }
})
