import { count, nameList } from "../../core/text.ts"
import type { PreparedChange } from "../run/prepare-change.ts"

const kinds = ["added", "changed", "removed"] as const

/** What a change does, by name alone: a line for each kind. */
export function summaryLines(id: string, differences: PreparedChange["differences"]): string[] {
  const lines = kinds.flatMap((kind) => {
    const names = differences.filter(({ change }) => change === kind).map(({ name }) => name)
    return names.length === 0 ? [] : [`  ${kind}: ${nameList(names, 50)}`]
  })
  return [`${id}: ${count(differences.length, "name")} would change`, ...lines]
}
