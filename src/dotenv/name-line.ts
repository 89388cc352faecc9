import { parse } from "@humanwhocodes/momoa"
import { joinLines } from "./read.ts"

/**
 * Where a name stands in a text, from 1: the last place, where there are several. `null` where it is not found.
 *
 * @param format of the text; it may be malformed.
 */
export function lineOfName(text: string, format: "dotenv" | "json", name: string): number | null {
  return (format === "json" ? lineInJson(text, name) : lineInDotenv(text, name)) ?? null
}

function lineInDotenv(text: string, name: string): number | undefined {
  return [...joinLines(text)].findLast(({ entry }) => nameOf(entry) === name)?.line
}

function nameOf(entry: string): string {
  const left = entry.slice(0, entry.includes("=") ? entry.indexOf("=") : entry.length).trim()
  return left.replace(/^export\s+/, "").replace(/^(["'])(.*)\1$/, "$2")
}

function lineInJson(text: string, name: string): number | undefined {
  try {
    const { body } = parse(text, { mode: "json", ranges: true })
    const members = body.type === "Object" ? body.members : []
    const found = members.findLast(({ name: own }) => "value" in own && own.value === name)
    return found?.loc.start.line
  } catch {
    return undefined
  }
}
