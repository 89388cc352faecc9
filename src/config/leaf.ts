import { z } from "zod"
import { maxDurationMs } from "../core/duration.ts"

/**
 * A setting that is text.
 *
 * @param description for editors and the reference.
 * @param instead what to write, when something else is there: `write … such as …`.
 */
export function text(description: string, instead: string, grammar: RegExp = anyLine): z.ZodString {
  return z.string({ error: instead }).regex(grammar, { error: instead }).meta({ description })
}

/** One line of anything that can be seen. */
const anyLine = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,1024}$/u

/** Several of the same, at least one. */
export function list<T extends z.ZodType>(item: T, description: string, instead: string): z.ZodArray<T> {
  return z.array(item, { error: instead }).min(1, { error: instead }).meta({ description })
}

/** One alone, or a list. */
export function oneOrManyOf(item: z.ZodString, description: string, instead: string) {
  return z.union([item, list(item, description, instead)], { error: instead }).meta({ description })
}

/** A mapping of fixed names. */
export function section<T extends z.core.$ZodShape>(
  shape: T,
  description: string,
  instead: string,
): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape, { error: instead }).meta({ description })
}

/** Text by names of one grammar. */
export function record(
  { name, value }: { readonly name: RegExp; readonly value: RegExp },
  description: string,
  instead: string,
) {
  const key = z.string().regex(name, { error: instead })
  return z
    .record(key, z.string({ error: instead }).regex(value, { error: instead }), { error: instead })
    .meta({ description })
}

const durationGrammar = /^[1-9]\d{0,5}(?:s|m|h)$/

/** @param example such as `45m`. */
export function duration(description: string, example: string): z.ZodString {
  return boundedDuration(description, `write how long, from 1s to 48h, such as ${example}`, durationGrammar)
}

/** A {@link duration} that may be none: `0s`. */
export function durationOrNone(description: string, example: string): z.ZodString {
  const grammar = /^(?:0|[1-9]\d{0,5})(?:s|m|h)$/
  return boundedDuration(description, `write how long, from 0s to 48h, such as ${example}`, grammar)
}

function boundedDuration(description: string, instead: string, grammar: RegExp): z.ZodString {
  return text(description, instead, grammar)
    .refine((written) => durationMs(written) <= maxDurationMs, { error: instead })
    .meta({ description })
}

/** @returns milliseconds; not a number for what is no duration. */
export function durationMs(written: string): number {
  const unit = { s: 1_000, m: 60_000, h: 3_600_000 }[written.slice(-1)] ?? Number.NaN
  return Number(written.slice(0, -1)) * unit
}
