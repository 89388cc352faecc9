import type { Problem } from "../../core/error.ts"
import type { Entry } from "../../dotenv/entry.ts"
import type { SecretChange } from "../../dotenv/secret-document.ts"

/** What a text of a secret holds, and what may not be sealed of it. */
export interface Contents {
  readonly entries: readonly Entry[]
  readonly problems: readonly Problem[]
}

/**
 * What it takes to get from one text to another, with nothing left of the first: names that could not be sealed too.
 */
export function changesBetween(before: Contents | null, after: readonly Entry[]): readonly SecretChange[] {
  const values = new Map(before?.entries.map(({ name, value }) => [name, value]))
  const broken = new Set(before?.problems.map(({ name }) => name))
  const isNew = ({ name, value }: Entry) => broken.has(name) || !(values.get(name)?.equals(value) ?? false)
  return [
    ...after.filter(isNew).map((entry): SecretChange => ({ type: "set", entry })),
    ...goneNames(before, after).map((name): SecretChange => ({ type: "unset", name })),
  ]
}

function goneNames(before: Contents | null, after: readonly Entry[]): readonly string[] {
  const there = new Set(after.map(({ name }) => name))
  const names = [...(before?.entries ?? []), ...(before?.problems ?? [])].map(({ name }) => name)
  return [...new Set(names)].filter((name) => !there.has(name))
}
