import type { Problem } from "../core/error.ts"
import { Secret } from "../core/secret.ts"
import { refusalOf } from "./encode.ts"
import { maxNames, nameProblem } from "./name.ts"
import { joinLines, parseEntry } from "./read.ts"
import { lineProblem, maxLineBytes } from "./write.ts"

/** Every character of a value can be escaped, and two quotes and a line end stand around it. */
const maxEntryLength = 2 * maxLineBytes + 3

/** As many as sixteen secrets, each of the largest, have together. */
const maxEntries = 16 * maxNames

/**
 * The lines of as many names, and those line breaks that stand raw, each before 1000 bytes of unbroken text, which
 * are more than 300 characters.
 */
function maxLines(text: string): number {
  return maxEntries + text.length / 300
}

/** What a payload holds, and every name in it that `seal` would have refused. */
export interface Payload {
  readonly values: ReadonlyMap<string, Secret>
  readonly problems: readonly Problem[]
}

/**
 * Reads a payload by the rules that `writeDotenv` writes by. Anybody who knows a recipient can seal what they like for
 * it, so what `seal` would refuse is no less refused here.
 *
 * @returns `null` for what is not the `.env` that `writeDotenv` writes.
 * @throws EnvsealError `DOTENV_MALFORMED` where phpdotenv throws.
 */
export function readPayload(text: string): Payload | null {
  if (text.includes("\r") || hasMoreLines(text, maxLines(text))) return null
  const values = new Map<string, Secret>()
  const problems: Problem[] = []
  for (const joined of joinLines(text)) {
    if (joined.entry.length > maxEntryLength || values.size >= maxEntries) return null
    const { name, value, interpolates } = parseEntry(joined)
    if (value === null || interpolates || values.has(name)) return null
    const problem = nameProblem(name) ?? lineProblem(name, value) ?? valueProblem(name, value)
    if (problem !== null) problems.push(problem)
    values.set(name, new Secret(value))
  }
  return { values, problems }
}

/** Of a value that no `.env` carries, such as one with a NUL character, which no variable can hold either. */
function valueProblem(name: string, value: string): Problem | null {
  const reason = refusalOf(value)
  return reason === null ? null : { code: "UNREPRESENTABLE_VALUE", name, reason }
}

function hasMoreLines(text: string, limit: number): boolean {
  let lines = 0
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (++lines > limit) return true
  }
  return false
}
