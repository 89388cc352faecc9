import fc from "fast-check"
import { encodeValue } from "../../../src/dotenv/encode.ts"
import type { Entry } from "../../../src/dotenv/entry.ts"
import { writeDotenv } from "../../../src/dotenv/write.ts"
import { amongNeighbours, corpus, entry, hostileValue, longRun } from "../../dotenv/values.ts"

/** Every run reads the same values: the table in docs/format.md has their counts. */
export const seed = 20_261_123

export type Form = "bare" | "single" | "double"

/** A value that envseal writes, or the reason why it refuses it. */
export interface Sample {
  readonly value: string
  readonly form: Form | null
  readonly refusal: string | null
}

export const corpusSamples: readonly Sample[] = corpus.map(({ value }) => sample(value))
export const fuzzSamples: readonly Sample[] = fc.sample(hostileValue, { seed, numRuns: 2_000 }).map(sample)
export const longRunSamples: readonly Sample[] = fc.sample(longRun, { seed, numRuns: 1_000 }).map(sample)

function sample(value: string): Sample {
  const { text, problems } = writeDotenv([entry("KEY", value)])
  if (text === null) return { value, form: null, refusal: problems.map((problem) => problem.reason).join() }
  const quote = text.charAt("KEY=".length)
  return { value, form: quote === "'" ? "single" : quote === '"' ? "double" : "bare", refusal: null }
}

/** The samples that envseal writes. */
export function sealed(samples: readonly Sample[]): Sample[] {
  return samples.filter((one) => one.refusal === null)
}

/** One `.env`, and what it holds. */
export interface File {
  readonly text: string
  readonly entries: readonly Entry[]
}

/**
 * Files of `size` values each, every value between hostile neighbours. Names are numbered from `first`; none
 * stands in two files.
 */
export function crowdedFiles(values: readonly string[], size: number, first = 0): File[] {
  const starts = Array.from({ length: Math.ceil(values.length / size) }, (_, at) => at * size)
  return starts.map((start, at) =>
    file(amongNeighbours(values.slice(start, start + size), first + start + at)),
  )
}

/**
 * A file for each value: `V`, with a neighbour on either side that all readers here read rightly on its own, and
 * whose quotes show when `V` ends too early or too late. The names carry the number of the file.
 */
export function singleFiles(values: readonly string[]): File[] {
  return values.map((value, at) =>
    file([entry(`B${at}`, "it's # before"), entry(`V${at}`, value), entry(`A${at}`, 'say "after" # all')]),
  )
}

function file(entries: readonly Entry[]): File {
  const { text, problems } = writeDotenv(entries)
  if (text === null) throw new Error(`refused: ${problems.map((problem) => problem.name).join()}`)
  return { text, entries }
}

/** The obvious writer, which PHP 8.3 and later misread: double quotes, and an escape for every line break. */
export function naiveText(entries: readonly Entry[]): string {
  const quote = (value: string) =>
    value
      .replace(/[\\"$]/g, "\\$&")
      .replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r")
  return entries.map(({ name, value }) => `${name}="${quote(value.reveal())}"\n`).join("")
}

/** The reason why no `.env` carries the value, by the encoder alone. */
export function encoderRefusal(value: string): string | null {
  const encoded = encodeValue(value)
  return "refusal" in encoded ? encoded.refusal : null
}
