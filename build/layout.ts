import { join } from "node:path"
import type { CodeSplittingOptions } from "rolldown"
import { rolldown } from "rolldown"
import { leanFiles } from "./lean-files.ts"

const root = join(import.meta.dirname, "..")

/** What every run begins with, and all that it needs: the way of `open --stdout` is in it. */
const beginning = /\/(?:dist|src)\/cli\/main\.[jt]s$/

/** What `open` needs besides when it is to write a file, or to become a command. */
const starting = /\/(?:dist|src)\/open\/command\/starting\.[jt]s$/

/** What it needs besides to ask KMS, as a pod does. */
const asking = ["credentials", "container-credentials", "direct-sts", "key-service"]

/** The files of a program that `open` loads: one for every run of it, and one for each thing that only some do. */
export function openFiles(runtime: "bun" | "node"): Required<Pick<CodeSplittingOptions, "groups">>["groups"] {
  // Bun has its own way to ask, and to load Node's takes it longer than the answer.
  const adapters = runtime === "bun" ? asking : [...asking, "node-request"]
  const inAws = new RegExp(`/(?:dist|src)/adapters/aws/(?:${adapters.join("|")})\\.[jt]s$`)
  return [
    { name: "open", test: beginning, priority: 5 },
    { name: "start", test: starting, priority: 4 },
    { name: "kms", test: inAws, priority: 4 },
  ]
}

/**
 * Lays the modules of the program out in few files, before Bun makes a binary of them: each module that stands alone
 * costs time at the start. Packages are left to Bun.
 *
 * @param entry path of the module that the program begins with.
 * @param folder a new one in this repository, always of the same name: the names of what Bun makes come from paths.
 * @returns the path of the file that it begins with then.
 */
export async function layOut(entry: string, folder: string): Promise<string> {
  const bundle = await rolldown({
    input: { envseal: entry },
    cwd: root,
    platform: "node",
    external: (id) => !/^[./\0]/.test(id),
    plugins: [leanFiles],
    // A module that is imported both ways is meant to be: the command decides which comes first.
    checks: { ineffectiveDynamicImport: false },
  })
  await bundle.write({ dir: folder, codeSplitting: { groups: openFiles("bun") } })
  await bundle.close()
  return join(folder, "envseal.js")
}
