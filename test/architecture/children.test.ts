import { expect, test } from "vitest"
import { readModules } from "./modules.ts"

/** Who starts another program, and by which rule it gets its variables. */
const starters: Readonly<Record<string, "childEnvironment" | "fixed" | "the app's">> = {
  "adapters/aws/profile.ts": "childEnvironment",
  "adapters/node/bounded-program.ts": "childEnvironment",
  "adapters/node/commit-book.ts": "childEnvironment",
  "adapters/node/folder-guard.ts": "fixed",
  "adapters/node/git.ts": "childEnvironment",
  "adapters/node/guard.ts": "fixed",
  "adapters/node/launcher.ts": "the app's",
  "adapters/node/nameless-file.ts": "fixed",
  "adapters/node/shell-relay.ts": "fixed",
  "adapters/node/text-editor.ts": "childEnvironment",
  "adapters/node/trial.ts": "fixed",
}

test("every program that is run on the way gets its variables by one rule, which leaves identities out", () => {
  const found = readModules().filter(({ external }) => external.includes("node:child_process"))
  expect(found.map(({ path }) => path).sort()).toEqual(Object.keys(starters).sort())
  for (const { path, local } of found) {
    const byTheRule = local.includes("core/child-environment.ts")
    expect({ path, byTheRule }).toEqual({ path, byTheRule: starters[path] === "childEnvironment" })
  }
})
