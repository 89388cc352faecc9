import { z } from "zod"

/** What JSON has of a type: an array is an array, and what may be `undefined` may be missing. */
type Told<T> = T extends readonly (infer Member)[]
  ? Told<Member>[]
  : T extends object
    ? Flat<
        { -readonly [Name in keyof T as undefined extends T[Name] ? never : Name]: Told<T[Name]> } & {
          -readonly [Name in keyof T as undefined extends T[Name] ? Name : never]?: Told<
            Exclude<T[Name], undefined>
          >
        }
      >
    : T

type Flat<T> = { [Name in keyof T]: T[Name] }

type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/**
 * Holds a schema to the type of what is printed: tsc refuses one that has a field which the other has not.
 *
 * @param id names the schema in `$defs`, where all that have it refer to it; without one it is written out at each place.
 * @returns the schema.
 */
export function shapeOf<T>(id?: string) {
  return <S extends z.ZodType>(
    schema: S & (IsSame<Told<z.infer<S>>, Told<T>> extends true ? unknown : { readonly differsFrom: T }),
  ): S => (id === undefined ? schema : schema.meta({ id }))
}

/** A text of a set that grows: a program has to expect one that it does not know. */
export function growing<T extends string>(what: string, pattern: RegExp): z.ZodType<T, T> {
  return z.string().regex(pattern).describe(what) as unknown as z.ZodType<T, T>
}

export const text = z.string()
export const texts = z.array(z.string())
export const whole = z.int().min(0)

/** A moment, as RFC 3339 in UTC, unless another clock wrote it. */
export const moment = z.string().describe("A moment, as RFC 3339.")
