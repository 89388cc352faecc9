import { version } from "../core/version.ts"

/** Set when the standalone binary is made. */
declare const ENVSEAL_COMMIT: string | undefined

/** Version, commit where it is known, and runtime, such as `0.1.0 (commit 1a2b3c4d5e6f, Bun 1.4.5)`. */
export function versionText(): string {
  const { bun, node } = process.versions
  const runtime = bun === undefined ? `Node ${node}` : `Bun ${bun}`
  const commit = typeof ENVSEAL_COMMIT === "string" ? [`commit ${ENVSEAL_COMMIT}`] : []
  return `${version} (${[...commit, runtime].join(", ")})`
}
