import { beforeAll, describe, expect, test } from "vitest"
import { laravelCast } from "../../src/dotenv/laravel.ts"
import { expectedFromEnv, same } from "./readers/expected.ts"
import type { Values } from "./readers/job.ts"
import { type OtherRead, readWithOthers } from "./readers/others.ts"
import { phpdotenvs, readWithLaravel, readWithPhp } from "./readers/php.ts"
import { readWithWasm, wasmVersions } from "./readers/php-wasm.ts"
import {
  corpusSamples,
  crowdedFiles,
  encoderRefusal,
  type File,
  fuzzSamples,
  longRunSamples,
  naiveText,
  sealed,
  seed,
  singleFiles,
} from "./readers/sample.ts"
import { documentedTable, type Row, renderTable, writeTable } from "./readers/table.ts"

const perFile = 25
const corpusValues = sealed(corpusSamples).map(({ value }) => value)
const values = sealed([...corpusSamples, ...fuzzSamples]).map(({ value }) => value)
const runValues = sealed(longRunSamples).map(({ value }) => value)
const files = crowdedFiles(values, perFile)
const runFiles = crowdedFiles(runValues, perFile, 10_000)
const installed = phpdotenvs()
const rows: Row[] = []

/** Names whose bytes are not those that were sealed, extra names included. */
function wrongNames(file: File, read: Values | undefined): string[] {
  if (read == null) return file.entries.map(({ name }) => name)
  const wrong = file.entries.filter(({ name, value }) => !read.get(name)?.equals(Buffer.from(value.reveal())))
  const known = new Set(file.entries.map(({ name }) => name))
  return [...wrong.map(({ name }) => name), ...[...read.keys()].filter((name) => !known.has(name))]
}

function allWrong(of: readonly File[], read: readonly Values[]): string[] {
  return of.flatMap((file, at) => wrongNames(file, read[at]))
}

describe(`values as real readers see them (seed ${seed})`, () => {
  test("are 200 nasty ones and 2,000 fuzzed ones at least, and few are refused", () => {
    expect(corpusSamples.length).toBeGreaterThanOrEqual(200)
    expect(fuzzSamples.length).toBeGreaterThanOrEqual(2_000)
    expect(values.length).toBeGreaterThan(0.9 * (corpusSamples.length + fuzzSamples.length))
  })

  test("are refused only for a reason that the encoder gives", () => {
    const refused = [...corpusSamples, ...fuzzSamples].filter(({ refusal }) => refusal !== null)
    expect(refused.length).toBeGreaterThan(0)
    const unexplained = refused.filter(
      ({ value, refusal }) => encoderRefusal(value) === null && !refusal?.includes("5.5"),
    )
    expect(unexplained).toEqual([])
  })

  test("need phpdotenv before 5.5 and after", () => {
    expect(installed.map(({ version }) => version.slice(0, 3))).toEqual(["5.4", "5.6"])
  })

  test.each(installed)(
    "come back from phpdotenv $version: as an array, as superglobals and from getenv()",
    async (phpdotenv) => {
      let php = ""
      for (const some of [files, runFiles]) {
        const read = await readWithPhp(
          phpdotenv,
          some.map(({ text }) => text),
        )
        expect(allWrong(some, read.array)).toEqual([])
        expect(allWrong(some, read.env)).toEqual([])
        expect(allWrong(some, read.getenv)).toEqual([])
        php = read.php
      }
      rows.push({
        reader: `phpdotenv (PHP ${php.split(".").slice(0, 2).join(".")})`,
        version: phpdotenv.version,
        right: corpusValues.length,
        of: corpusValues.length,
      })
    },
  )

  test.each(installed)(
    "come back from Laravel's env() and config() with phpdotenv $version, but for what it casts",
    async (phpdotenv) => {
      const [file] = crowdedFiles(values, values.length)
      const names = file?.entries.map(({ name }) => name) ?? []
      const laravel = await readWithLaravel(phpdotenv, file?.text ?? "", names)
      const expected = file?.entries.map(({ value }) => expectedFromEnv(value.reveal())) ?? []
      const wrong = names.filter(
        (_, at) => !same(laravel.env[at], expected[at]) || !same(laravel.config[at], expected[at]),
      )
      expect(names.length).toBeGreaterThan(2_000)
      expect(wrong).toEqual([])
      const cast = corpusValues.filter((value) => laravelCast(value) !== null).length
      rows.push({
        reader: `Laravel ${laravel.version} \`env()\`, phpdotenv`,
        version: phpdotenv.version,
        right: corpusValues.length - cast,
        of: corpusValues.length,
      })
    },
  )

  const newer = installed.find(({ version }) => version.startsWith("5.6"))

  test.each(wasmVersions)(
    "come back from phpdotenv 5.6 on PHP %s, where a naive writer's do not",
    async (version) => {
      if (newer === undefined) throw new Error("phpdotenv 5.6 is not there")
      const all = [...files, ...runFiles]
      const { php, array, env, getenv } = await readWithWasm(
        version,
        newer,
        all.map(({ text }) => text),
      )
      expect(php.startsWith(version)).toBe(true)
      expect(allWrong(all, array)).toEqual([])
      expect(allWrong(all, env)).toEqual([])
      expect(allWrong(all, getenv)).toEqual([])
      const naive = await readWithWasm(
        version,
        newer,
        runFiles.map(({ entries }) => naiveText(entries)),
      )
      expect(allWrong(runFiles, naive.array).length).toBeGreaterThan(20)
      rows.push({
        reader: `phpdotenv (PHP ${version}, WebAssembly)`,
        version: newer.version,
        right: corpusValues.length,
        of: corpusValues.length,
      })
    },
  )
})

describe("the table of other readers in docs/format.md", () => {
  let others: OtherRead[]
  const singles = singleFiles(corpusValues)

  beforeAll(async () => {
    others = await readWithOthers(singles.map(({ text }) => text))
  })

  test("counts readers that read the neighbours of a plain value rightly", async () => {
    const [plain] = singleFiles(["plain"])
    for (const { files: read } of await readWithOthers([plain?.text ?? ""])) {
      expect(plain && wrongNames(plain, read[0])).toEqual([])
    }
  })

  test("is what was measured now, where a value is right when its neighbours are and nothing else is set", () => {
    const measured = others.map(({ name, version, files: read }) => {
      const right = singles.filter((file, at) => wrongNames(file, read[at]).length === 0)
      return { reader: name, version, right: right.length, of: singles.length }
    })
    const table = renderTable([...rows, ...measured])
    if (process.env["UPDATE_DOCS"]) writeTable(table)
    expect(documentedTable()).toBe(table)
  })
})
