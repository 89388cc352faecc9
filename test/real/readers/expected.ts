import { laravelCast } from "../../../src/dotenv/laravel.ts"

/** What `env()` returns for a value, as {@link laravelCast} predicts it. */
export function expectedFromEnv(value: string): Buffer | boolean | null {
  switch (laravelCast(value)) {
    case null:
      return Buffer.from(value)
    case "true":
      return true
    case "false":
      return false
    case "null":
      return null
    case "an empty string":
      return Buffer.from("")
    default:
      return Buffer.from(value.slice(1, -1))
  }
}

/** The same bytes, or the same value of another type. */
export function same(actual: unknown, expected: unknown): boolean {
  return Buffer.isBuffer(actual) && Buffer.isBuffer(expected) ? actual.equals(expected) : actual === expected
}
