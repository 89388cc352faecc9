const words = new Map([
  ["true", "true"],
  ["(true)", "true"],
  ["false", "false"],
  ["(false)", "false"],
  ["null", "null"],
  ["(null)", "null"],
  ["empty", "an empty string"],
  ["(empty)", "an empty string"],
])

/**
 * What Laravel's `env()` turns a value into when it does not return the string itself: `true`, `false`,
 * `null`, `an empty string`, or `the text without its outer quotes`. `null` when `env()` returns the value.
 *
 * `Illuminate\Support\Env::getOption()` compares case-insensitively, then strips one pair of quotes that wraps
 * a value; its pattern's `.` does not match a line feed. `getenv()` and `$_ENV` are not affected.
 */
export function laravelCast(value: string): string | null {
  const word = words.get(asciiLower(value))
  if (word !== undefined) return word
  return /^(['"])[^\n]*\1$/.test(value) && value.length >= 2 ? "the text without its outer quotes" : null
}

/** PHP's `strtolower`: ASCII only, unlike JavaScript's, which would also fold the Kelvin sign. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (c) => c.toLowerCase())
}
