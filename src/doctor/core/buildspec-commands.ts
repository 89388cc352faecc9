import { nodeAt, type Place, type SettingNode } from "../../config/node.ts"

/** One command of a buildspec. */
export interface BuildCommand {
  /** Such as `post_build.finally`. */
  readonly block: string
  /** `null` for what is no text: CodeBuild ends such a build at once. */
  readonly text: string | null
  readonly place: Place
}

/** In the order in which CodeBuild runs them (CodeBuild user guide, "phases"). */
const phases = ["install", "pre_build", "build", "post_build"]

/** The commands of all phases, in the order in which they run. */
export function buildCommands(root: SettingNode): readonly BuildCommand[] {
  return phases.flatMap((phase) =>
    ["commands", "finally"].flatMap((list) => {
      const node = nodeAt(root, ["phases", phase, list])
      const items = node?.kind === "list" ? node.items : node === null ? [] : [node]
      return items.map((item) => ({ block: `${phase}.${list}`, text: textOf(item), place: item.place }))
    }),
  )
}

function textOf(node: SettingNode): string | null {
  if (node.kind !== "scalar") return null
  return typeof node.value === "string" ? node.value : node.source
}
