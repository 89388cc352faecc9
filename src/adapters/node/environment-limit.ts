import { EnvsealError } from "../../core/error.ts"
import { nameList } from "../../core/text.ts"

/** Linux: MAX_ARG_STRLEN less its final NUL, the longest `NAME=value` in bytes. */
export const maxStringBytes = 131_071

/**
 * What Linux certainly grants to all arguments and variables together: a quarter of the usual 8 MiB of stack.
 * A smaller stack limit grants less, and cannot be read from Node.
 */
export const maxTotalBytes = 2_097_152

const pointerBytes = 8

/**
 * The kernel answers a set that is too large with E2BIG, and does not say which variable it was.
 *
 * @throws EnvsealError `ENVIRONMENT_TOO_LARGE`, naming the largest variables and no value.
 */
export function checkEnvironmentSize(
  argv: readonly string[],
  variables: readonly (readonly [string, string])[],
): void {
  const sized = variables
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(name) + Buffer.byteLength(value) + 1 }))
    .sort((a, b) => b.bytes - a.bytes)
  const tooLong = sized.filter(({ bytes }) => bytes > maxStringBytes)
  const total = [...sized, ...argv.map((text) => ({ bytes: Buffer.byteLength(text) }))]
    .map(({ bytes }) => bytes + 1 + pointerBytes)
    .reduce((sum, bytes) => sum + bytes, 0)
  if (tooLong.length === 0 && total <= maxTotalBytes) return
  const largest = nameList((tooLong.length > 0 ? tooLong : sized.slice(0, 3)).map(({ name }) => name))
  throw new EnvsealError(
    "ENVIRONMENT_TOO_LARGE",
    `the environment is too large to start a program; largest: ${largest}`,
    {
      hint: "drop --env, so that the values are written to a .env file, which has no such limit",
    },
  )
}
