import { jsonObject, objectIn, textIn } from "../../core/json-object.ts"

/** A package manager of Node, with how it installs what its lock file says. */
export type NodeManager = "npm" | "yarn" | "pnpm" | "bun"

/** How style sheets and scripts are built. */
export interface AssetBuild {
  readonly manager: NodeManager
  /** The lock file that it goes by; `null` for none. */
  readonly lockFile: string | null
  /** Where the manager and its version are chosen, as in `pnpm@9.1.0`; `null` when package.json does not say. */
  readonly pinned: string | null
  /** The script of package.json, such as `build`. */
  readonly script: string
  /** Major version of Node. */
  readonly node: string
  /** Where {@link node} is from; `null` when nothing says it. */
  readonly nodeFrom: string | null
}

/** What of a Node package is looked at. */
export interface NodeSources {
  readonly packageJson: string
  /** Which of {@link nodeLockFiles} are there. */
  readonly lockFiles: readonly string[]
  /** Text of `.nvmrc` or `.node-version`. */
  readonly version: string | null
}

/** Lock files, by the manager that writes them. The first that is there counts. */
export const nodeLockFiles: Readonly<Record<string, NodeManager>> = {
  "package-lock.json": "npm",
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
  "bun.lockb": "bun",
}

/** The long-term version when nothing else is said. */
const defaultNode = "24"

/** @returns `null` for what has no script that builds, or is no package.json. */
export function readNodePackage({ packageJson, lockFiles, version }: NodeSources): AssetBuild | null {
  const root = jsonObject(packageJson)
  if (root === null) return null
  const scripts = objectIn(root, "scripts")
  // Mix calls it `production` or `prod`.
  const script = ["build", "production", "prod"].find((name) => textIn(scripts, name) !== null)
  if (script === undefined) return null
  const [pinned = null] = /^(?:npm|pnpm|yarn|bun)@\d[\w.-]*/.exec(textIn(root, "packageManager") ?? "") ?? []
  const named = managers.find((one) => pinned?.startsWith(`${one}@`))
  const ofManager = lockFiles.find((file) => named === undefined || nodeLockFiles[file] === named)
  const engine = textIn(objectIn(root, "engines"), "node")
  const file = majorIn(version)
  return {
    manager: named ?? (ofManager === undefined ? undefined : nodeLockFiles[ofManager]) ?? "npm",
    lockFile: ofManager ?? null,
    pinned,
    script,
    node: file ?? majorIn(engine) ?? defaultNode,
    nodeFrom: file !== null ? "the version file of Node" : majorIn(engine) === null ? null : "package.json",
  }
}

const managers: readonly NodeManager[] = ["npm", "pnpm", "yarn", "bun"]

/** The first number of `v22.1.0`, `^20.19 || >=22.12` or `22`; `null` for a name such as `lts/*`. */
function majorIn(text: string | null): string | null {
  return /(?<![\d.])(\d{2})(?![\d])/.exec(text ?? "")?.[1] ?? null
}

/** Shell commands that install what the lock file says, and build. */
export function assetCommands({ manager, lockFile, pinned, script }: AssetBuild): readonly string[] {
  switch (manager) {
    case "npm":
      return [lockFile === null ? "npm install" : "npm ci", `npm run ${script}`]
    case "pnpm":
      return [
        `npm install --global ${pinned ?? "pnpm@10"}`,
        `pnpm install${frozen(lockFile)}`,
        `pnpm run ${script}`,
      ]
    case "bun":
      return [
        `npm install --global ${pinned ?? "bun@1"}`,
        `bun install${frozen(lockFile)}`,
        `bun run ${script}`,
      ]
    case "yarn": {
      // From version 2 on, the manager is chosen by packageManager, and knows --immutable.
      const isModern = pinned !== null && !pinned.startsWith("yarn@1")
      const flag = lockFile === null ? "" : isModern ? " --immutable" : frozen(lockFile)
      return [...(isModern ? ["corepack enable"] : []), `yarn install${flag}`, `yarn run ${script}`]
    }
  }
}

function frozen(lockFile: string | null): string {
  return lockFile === null ? "" : " --frozen-lockfile"
}
