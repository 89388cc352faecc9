import type { Command } from "commander"
import type { Invocation } from "../../cli/invocation.ts"
import { addJsonOption, addLogOptions } from "../../cli/options.ts"
import { addRunOptions } from "./deploy.ts"
import { type RunOptions, runOnEnvironment } from "./run-deploy.ts"

export function addRollback(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("rollback")
    .description("put every workload back to the release before, watched like a deploy")
    .argument("<environment>", "an environment of envseal.yaml")
  addJsonOption(addLogOptions(addRunOptions(command)))
    .addHelpText(
      "after",
      `
An image has its configuration sealed in, so that both go back together. Hooks
do not run.

Example:
  $ envseal rollback production`,
    )
    .action(async (environment: string, options: RunOptions) => {
      outcome.status = await runOnEnvironment(environment, options, { type: "back" })
    })
}
