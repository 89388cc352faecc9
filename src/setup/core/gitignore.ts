/** What must not be committed: plaintext, and what every build makes anew. */
const wanted: readonly { readonly line: string; readonly covers: readonly string[] }[] = [
  { line: ".env", covers: [".env", "/.env", ".env*", "/.env*"] },
  {
    line: ".env.sealed",
    covers: [".env.sealed", "/.env.sealed", ".env*", "/.env*", ".env.*", "/.env.*", "*.sealed"],
  },
]

/**
 * A `.gitignore` in which `.env` and `.env.sealed` are.
 *
 * @param before the file as it is; `null` when there is none.
 * @returns `before` with what it lacks at its end.
 */
export function gitignoreWith(before: string | null): string {
  const lines = new Set((before ?? "").split("\n").map((line) => line.trim()))
  const missing = wanted.filter(({ covers }) => !covers.some((line) => lines.has(line)))
  const start = before === null || before === "" || before.endsWith("\n") ? (before ?? "") : `${before}\n`
  return missing.length === 0 && before !== null
    ? before
    : start + missing.map(({ line }) => `${line}\n`).join("")
}
