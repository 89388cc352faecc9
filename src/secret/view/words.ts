import { count, nameList } from "../../core/text.ts"
import type { PreparedChange } from "../run/prepare-change.ts"
import type { VersionStanding } from "../run/watched-writer.ts"

const kinds = ["added", "changed", "removed"] as const

/** What a change does, by name alone: a line for each kind. */
export function summaryLines(id: string, differences: PreparedChange["differences"]): string[] {
  const lines = kinds.flatMap((kind) => {
    const names = differences.filter(({ change }) => change === kind).map(({ name }) => name)
    return names.length === 0 ? [] : [`  ${kind}: ${nameList(names, 50)}`]
  })
  return [`${id}: ${count(differences.length, "name")} would change`, ...lines]
}

/** Where the version of a write stands that was cut short, and whether it may have become the current one. */
export function standingText(id: string, standing: VersionStanding | null): string {
  if (standing === null) return `nothing was changed in ${id}`
  const version = `version ${standing.versionId} of ${id}`
  switch (standing.state) {
    case "sent":
      return `${version} may have been stored, and has not become current unless it is the first`
    case "kept":
      return `${version} is stored, and has not become current`
    case "moving":
      return `${version} is stored, and may have become current`
    case "current":
      return `${version} is stored, and is current`
  }
}
