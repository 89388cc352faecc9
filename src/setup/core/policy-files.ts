import type { Access } from "./access.ts"
import type { NewFile } from "./file.ts"

/** Each policy as `envseal policy` prints it. The key's id is a placeholder until there is a key. */
export function policyFiles(access: Access, folder: string): readonly NewFile[] {
  return Object.entries(access).map(([name, policy]) => ({
    path: `${folder}/policies/${name}.json`,
    text: `${JSON.stringify(policy, null, 2)}\n`,
    executable: false,
  }))
}
