import type { Entry } from "../../dotenv/entry.ts"
import { partsOf } from "./part.ts"
import { decodedSpellings, partSpellings, type Spelling, spellings } from "./spelling.ts"
import { weakness } from "./weakness.ts"

/** One spelling of the value of one name. */
export interface Needle extends Spelling {
  readonly name: string
}

/** A name whose value is not looked for. Safe to print. */
export interface Skipped {
  readonly name: string
  /** Words that follow the name, such as `is a number`. */
  readonly reason: string
}

export interface Needles {
  readonly needles: readonly Needle[]
  readonly skipped: readonly Skipped[]
  /** Values that are skipped and yet must not be shown, each as it stands. */
  readonly unshown: readonly Uint8Array[]
}

export interface NeedleOptions {
  readonly minLength: number
  /** Why a name is not looked for, whatever its value is; `null` for all others. */
  readonly excuse: (name: string) => string | null
}

/** The longest spelling that is looked for as a whole. */
const maxBytes = 1_024

/** A shorter value says nothing where it is shown by accident. */
const minUnshownBytes = 4

/** What to look for, so that every value is found in every spelling, and which names are left out. */
export function needlesOf(entries: readonly Entry[], { minLength, excuse }: NeedleOptions): Needles {
  const needles: Needle[] = []
  const skipped: Skipped[] = []
  const unshown: Uint8Array[] = []
  for (const { name, value } of entries) {
    const text = value.reveal().trim()
    const weak = weakness(text, minLength)
    const reason = excuse(name) ?? weak
    if (reason === null) {
      needles.push(...needlesFor(name, text, minLength))
      continue
    }
    skipped.push({ name, reason })
    const bytes = Buffer.from(text)
    if (weak !== "is a common word" && bytes.length >= minUnshownBytes) unshown.push(middle(bytes))
  }
  return { needles, skipped, unshown }
}

function needlesFor(name: string, text: string, minLength: number): Needle[] {
  const tagged = /^base64:(.+)$/s.exec(text)?.[1] ?? ""
  const all = [...spellings(text), ...partsOf(text).flatMap(partSpellings)]
  if (weakness(tagged, minLength) === null) all.push(...spellings(tagged), ...decoded(tagged))
  const distinct = new Map<string, Needle>()
  for (const { encoding, bytes } of all) {
    const cut = middle(bytes)
    const key = Buffer.from(cut).toString("latin1")
    if (!distinct.has(key)) distinct.set(key, { name, encoding, bytes: cut })
  }
  return [...distinct.values()]
}

const minDecodedBytes = 16

function decoded(base64: string): Spelling[] {
  const bytes = Buffer.from(base64, "base64")
  return bytes.length < minDecodedBytes ? [] : decodedSpellings(bytes)
}

/** Of a very long spelling its middle: it identifies the value as well, and a stream need not be kept for long. */
function middle(bytes: Uint8Array): Uint8Array {
  const from = Math.max(0, (bytes.length - maxBytes) >> 1)
  return bytes.subarray(from, from + maxBytes)
}
