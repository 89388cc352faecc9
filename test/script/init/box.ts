import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { laravelFiles } from "../../data/laravel.ts"
import { type Sandbox, sandbox } from "../harness.ts"

/** A new Laravel app, with other files beside or in the place of its own. */
export function laravelBox(files: Readonly<Record<string, string>> = {}): Sandbox {
  return boxOf({ ...laravelFiles, ...files })
}

export function boxOf(files: Readonly<Record<string, string>>): Sandbox {
  const box = sandbox()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(box.path(path)), { recursive: true })
    writeFileSync(box.path(path), text)
  }
  return box
}

/** All files of a box with their texts. */
export function filesOf(box: Sandbox): Record<string, string> {
  const paths = readdirSync(box.folder, { recursive: true }).map(String).sort()
  const files = paths.filter((path) => statSync(box.path(path), { throwIfNoEntry: false })?.isFile() ?? false)
  return Object.fromEntries(files.map((path) => [path, readFileSync(box.path(path), "utf8")]))
}

/** What `envseal init --yes` needs to be told. */
export const told = [
  ...["--app", "till", "--account", "444455556666", "--region", "eu-central-1", "--eks", "blue"],
] as const

/** Without the kubeconfig of the person who runs the tests. */
export const env = { KUBECONFIG: "/nowhere/kubeconfig", HOME: "/nowhere" }
