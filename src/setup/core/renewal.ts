import { applyPatch, structuredPatch } from "diff"
import { printable } from "../../core/text.ts"
import type { NewFile } from "./file.ts"

/** What a file of the repository is to what envseal writes to its place. */
export type Standing =
  /** Nothing is there, and nothing was there before. */
  | { readonly type: "new" }
  /** Nothing is there, and an older version wrote one: somebody has taken it away. */
  | { readonly type: "gone" }
  | { readonly type: "same" }
  /** Just as an older version wrote it. */
  | { readonly type: "untouched" }
  /** Somebody has changed it, or it was never envseal's. */
  | {
      readonly type: "edited"
      /** The most similar one of the texts that an older version may have written; `null` when it wrote none. */
      readonly first: string | null
      /** The new text with what was changed in the old one; `null` where the two do not fit. */
      readonly merged: string | null
    }

/** What became of a file. */
export interface Updated {
  readonly path: string
  readonly standing: Standing["type"]
  readonly outcome: "written" | "unchanged" | "updated" | "merged" | "replaced" | "kept" | "beside" | "gone"
  /** From what an older version wrote to what is there, as lines of a unified diff; none where nothing was changed. */
  readonly yours: readonly string[]
  /** From what is there to the new text. */
  readonly difference: readonly string[]
}

/**
 * @param now what is there; `null` for nothing.
 * @param firsts what an older version may have written there; none for a file that it did not write.
 */
export function standingOf(
  now: string | null,
  { text: next, executable }: Pick<NewFile, "text" | "executable">,
  firsts: readonly string[],
): Standing {
  if (now === null) return { type: firsts.length === 0 ? "new" : "gone" }
  const text = withLineFeeds(now)
  // A program with the line ends of Windows does not start.
  if (text === next) return { type: executable && now !== next ? "untouched" : "same" }
  if (firsts.includes(text)) return { type: "untouched" }
  const [first = null] = firsts.toSorted((one, other) => sharedLines(text, other) - sharedLines(text, one))
  return { type: "edited", first, merged: first === null ? null : mergedText(first, text, next) }
}

function sharedLines(text: string, other: string): number {
  const lines = new Set(text.split("\n"))
  return other.split("\n").filter((line) => lines.has(line)).length
}

/** What was changed from the first text to the one of now, done to the next one; `null` where that does not fit. */
function mergedText(first: string, now: string, next: string): string | null {
  const merged = applyPatch(next, structuredPatch("", "", first, now, "", "", { context: 2 }))
  return merged === false || merged === next ? null : merged
}

/** As git writes it elsewhere than on Windows. */
export function withLineFeeds(text: string): string {
  return text.replaceAll("\r\n", "\n")
}

/** Both differences of a file, for a person. */
export function shown({ path, yours, difference }: Omit<Updated, "outcome">): readonly string[] {
  const mine = yours.length === 0 ? [] : [`what was changed in ${printable(path)} since 0.1.0:`, ...yours]
  return [...mine, `what is new in ${printable(path)}:`, ...difference]
}
