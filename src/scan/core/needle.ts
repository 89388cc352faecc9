import type { Entry } from "../../dotenv/entry.ts"
import { backslashDecoder, quoteDecoder } from "./backslash.ts"
import type { Decoder } from "./decoder.ts"
import { entityDecoder } from "./entity.ts"
import { type Form, formsOf, unbroken, unbrokenHex } from "./form.ts"
import { latin1 } from "./latin1.ts"
import { lineBreakDecoder } from "./line-break.ts"
import { partsOf } from "./part.ts"
import { percentDecoder } from "./percent.ts"
import { isPublicDefault } from "./public-default.ts"
import {
  decodedSpellings,
  type Encoding,
  partSpellings,
  type SpelledText,
  type Spelling,
  spelledText,
  spellings,
} from "./spelling.ts"
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
  /** What is looked for in the bytes as they are. */
  readonly needles: readonly Needle[]
  /** What is looked for in what each decoder yields. */
  readonly decoded: readonly DecodedNeedles[]
  readonly skipped: readonly Skipped[]
  /** Values that are skipped and yet must not be shown, each as it stands. */
  readonly unshown: readonly Uint8Array[]
}

/** What is looked for in what one decoder yields. */
export interface DecodedNeedles {
  readonly decoder: Decoder
  readonly needles: readonly Needle[]
  /** The texts that the needles are cut from, with enough around each of them. */
  readonly texts: readonly Uint8Array[]
}

/** The shortest values that are looked for, in characters, unless somebody wants it otherwise. */
export const defaultMinLength = 8

export interface NeedleOptions {
  readonly minLength: number
  /** Why a name is not looked for, whatever its value is; `null` for all others. */
  readonly excuse: (name: string) => string | null
}

const publicDefault = "is a default that everybody has"

/** The longest spelling that is looked for as a whole. */
const maxBytes = 1_024

/** The same of what a decoder yields. */
const maxDecodedBytes = 256

/** That, and what stands before and after it as far as a mark there makes it be decoded. */
const maxTextBytes = 1_024

/** A shorter value says nothing where it is shown by accident. */
const minUnshownBytes = 4

/** What to look for, so that every value is found in every spelling, and which names are left out. */
export function needlesOf(entries: readonly Entry[], { minLength, excuse }: NeedleOptions): Needles {
  const wanted: Wanted[] = []
  const skipped: Skipped[] = []
  const unshown: Uint8Array[] = []
  for (const { name, value } of entries) {
    const text = value.reveal().trim()
    const weak = weakness(text, minLength) ?? (isPublicDefault(name, text) ? publicDefault : null)
    const reason = excuse(name) ?? weak
    if (reason === null) {
      wanted.push(wantedOf(name, text, minLength))
      continue
    }
    skipped.push({ name, reason })
    const bytes = Buffer.from(text)
    if (weak !== "is a common word" && weak !== publicDefault && bytes.length >= minUnshownBytes)
      unshown.push(middle(bytes, maxBytes))
  }
  return { needles: wanted.flatMap(exactNeedles), decoded: decodedNeedles(wanted), skipped, unshown }
}

/** A value in all its shapes. */
interface Wanted {
  readonly name: string
  /** The value, and what stands after `base64:` in it. */
  readonly wholes: readonly SpelledText[]
  readonly parts: readonly SpelledText[]
  /** The bytes that the value stands for, or none. */
  readonly bytes: Uint8Array
}

function wantedOf(name: string, text: string, minLength: number): Wanted {
  const tagged = /^base64:(.+)$/s.exec(text)?.[1] ?? ""
  const isTagged = weakness(tagged, minLength) === null
  const bytes = Buffer.from(isTagged ? tagged : "", "base64")
  return {
    name,
    wholes: (isTagged ? [text, tagged] : [text]).map(spelledText),
    parts: partsOf(text).map(spelledText),
    bytes: bytes.length < minDecodedBytes ? new Uint8Array(0) : bytes,
  }
}

const minDecodedBytes = 16

function exactNeedles({ name, wholes, parts, bytes }: Wanted): Needle[] {
  const decoded = bytes.length === 0 ? [] : decodedSpellings(bytes)
  return distinct(name, [...wholes.flatMap(spellings), ...parts.flatMap(partSpellings), ...decoded], maxBytes)
}

function decodedNeedles(wanted: readonly Wanted[]): DecodedNeedles[] {
  const escaped = decodedBy(backslashDecoder, wanted, escapedForms(backslashDecoder, "escaped"))
  const hasQuotes = escaped.texts.some((text) => text.includes(quoteByte))
  return [
    { ...escaped, decoder: hasQuotes ? quoteDecoder : backslashDecoder },
    decodedBy(percentDecoder, wanted, escapedForms(percentDecoder, "URL")),
    decodedBy(entityDecoder, wanted, escapedForms(entityDecoder, "HTML")),
    decodedBy(lineBreakDecoder, wanted, unbrokenForms),
  ]
}

const quoteByte = 0x27

function decodedBy(
  decoder: Decoder,
  wanted: readonly Wanted[],
  formsFor: (one: Wanted) => Form[],
): DecodedNeedles {
  const forms = wanted.map((one) => ({ name: one.name, all: formsFor(one) }))
  return {
    decoder,
    needles: forms.flatMap(({ name, all }) => distinct(name, all, maxDecodedBytes)),
    texts: forms.flatMap(({ all }) => all.map(({ text }) => middle(text, maxTextBytes))),
  }
}

function escapedForms(decoder: Decoder, encoding: Encoding): (one: Wanted) => Form[] {
  return ({ wholes, parts }) => [
    ...wholes.flatMap((text) => formsOf(decoder, text, encoding)),
    ...parts.flatMap((text) => formsOf(decoder, text, "a part")),
  ]
}

function unbrokenForms({ wholes, parts, bytes }: Wanted): Form[] {
  const decoded = bytes.length === 0 ? [] : unbrokenHex(bytes)
  return [...wholes.flatMap(unbroken), ...decoded, ...parts.flatMap(unbroken).map(asPart)]
}

function asPart(form: Form): Form {
  return { ...form, encoding: form.encoding === "wrapped base64" ? "a part in base64" : "a part" }
}

function distinct(name: string, all: readonly Spelling[], maxBytes: number): Needle[] {
  const needles = new Map<string, Needle>()
  for (const { encoding, bytes } of all) {
    const cut = middle(bytes, maxBytes)
    const key = latin1(cut)
    if (!needles.has(key)) needles.set(key, { name, encoding, bytes: cut })
  }
  return [...needles.values()]
}

/** Of a very long spelling its middle: it identifies the value as well, and a stream need not be kept for long. */
function middle(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const from = Math.max(0, (bytes.length - maxBytes) >> 1)
  return bytes.subarray(from, from + maxBytes)
}
