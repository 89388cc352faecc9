import type { NewFile } from "./file.ts"

/** The names that a secret must have, each with an empty text. No value of the example is in it. */
export function secretSkeleton(names: readonly string[], folder: string): NewFile {
  const empty = Object.fromEntries(names.map((name) => [name, ""]))
  return {
    path: `${folder}/secret.example.json`,
    text: `${JSON.stringify(empty, null, 2)}\n`,
    executable: false,
  }
}
