import { EnvsealError } from "../../core/error.ts"
import { nameList } from "../../core/text.ts"
import type { RawText, RawVariables } from "../../ports/runtime.ts"
import { readTextSync } from "../system/file-calls.ts"
import { shownText } from "./raw-text.ts"

/** Linux: MAX_ARG_STRLEN less its final NUL, the longest argument or `NAME=value` in bytes. */
export const maxStringBytes = 131_071

/** Linux: what it grants to arguments and variables together is a quarter of the stack, between these two. */
const leastTotalBytes = 131_072
const mostTotalBytes = 6_291_456
/** What is kept free for what the kernel adds: the path of the file, interpreters of scripts. */
const reserveBytes = 8_192
/** A quarter of the usual stack of 8 MiB, for where the limit cannot be read. */
const usualTotalBytes = 2_097_152

const pointerBytes = 8

/**
 * The kernel answers a set that is too large with E2BIG, and does not say which variable it was.
 *
 * @throws EnvsealError `ENVIRONMENT_TOO_LARGE`, naming the largest variables and no value.
 */
export function checkEnvironmentSize(argv: readonly RawText[], variables: RawVariables): void {
  // Most are far below what is always granted, which no single text may exceed either.
  if (bytesAtMost(argv, variables) <= leastTotalBytes - reserveBytes) return
  if (isGranted(argv, variables, grantedBytes())) return
  const sized = [
    ...variables.map((pair) => ({ name: shownText(pair[0]), bytes: lengthOfPair(pair) })),
    ...argv.map((text, at) => ({ name: `argument ${at}`, bytes: lengthOf(text) })),
  ].sort((a, b) => b.bytes - a.bytes)
  const tooLong = sized.filter(({ bytes }) => bytes > maxStringBytes)
  const largest = nameList((tooLong.length > 0 ? tooLong : sized.slice(0, 3)).map(({ name }) => name))
  throw new EnvsealError(
    "ENVIRONMENT_TOO_LARGE",
    `the environment is too large to start a program; largest: ${largest}`,
    {
      hint: "take out what is not needed; with --env, drop that: a .env file has no such limit",
    },
  )
}

/** A bound, without counting: UTF-8 has at most three bytes for a unit of UTF-16. */
function bytesAtMost(argv: readonly RawText[], variables: RawVariables): number {
  let units = 0
  for (const text of argv) units += text.length
  for (const [name, value] of variables) units += name.length + value.length + 1
  return 3 * units + (argv.length + variables.length) * (1 + pointerBytes)
}

function isGranted(argv: readonly RawText[], variables: RawVariables, totalBytes: number): boolean {
  const lengths = [...variables.map(lengthOfPair), ...argv.map(lengthOf)]
  let total = 0
  for (const bytes of lengths) total += bytes + 1 + pointerBytes
  return total <= totalBytes && lengths.every((bytes) => bytes <= maxStringBytes)
}

function lengthOfPair([name, value]: RawVariables[number]): number {
  return lengthOf(name) + lengthOf(value) + 1
}

function lengthOf(text: RawText): number {
  return typeof text === "string" ? Buffer.byteLength(text) : text.length
}

/** What the kernel grants to this process's arguments and variables together, in bytes. */
function grantedBytes(): number {
  try {
    const [, soft = ""] = /^Max stack size +(\S+)/m.exec(readTextSync("/proc/self/limits")) ?? []
    const quarter = soft === "unlimited" ? mostTotalBytes : Number(soft) / 4
    if (!(quarter >= 0)) return usualTotalBytes
    return Math.max(leastTotalBytes, Math.min(mostTotalBytes, quarter)) - reserveBytes
  } catch {
    return usualTotalBytes
  }
}
