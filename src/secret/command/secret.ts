import type { Command } from "commander"
import type { Invocation } from "../../cli/invocation.ts"
import { addImport, addRename, addRestore, addSet, addUnset } from "./change.ts"
import { addEdit } from "./edit.ts"
import { addDifference, addNames, addVersions } from "./look.ts"

export function addSecret(program: Command, invocation: Invocation): void {
  const group = program
    .command("secret")
    .description("look at and change an environment's secret, without losing anybody's change")
    .addHelpText(
      "after",
      `
envseal secret COMMAND --help has the options of each.

Examples:
  $ envseal secret names production
  $ envseal secret set production DB_PASSWORD`,
    )
  const commands = [
    addNames,
    addEdit,
    addSet,
    addUnset,
    addRename,
    addImport,
    addVersions,
    addRestore,
    addDifference,
  ]
  for (const add of commands) add(group, invocation)
}
