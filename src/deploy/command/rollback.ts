import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import type { Invocation } from "../../cli/invocation.ts"
import { addJsonOption, addLogOptions } from "../../cli/options.ts"
import { addRunOptions } from "./deploy.ts"
import { type RunOptions, runOnEnvironment } from "./run-deploy.ts"

interface RollbackOptions extends RunOptions {
  readonly to?: string
  readonly yes: boolean
}

export function addRollback(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("rollback")
    .description("put every workload back to the release before, watched like a deploy")
    .option(
      "--to <release>",
      "back to this one instead: the beginning of its digest, commit or build, or its tag",
    )
    .option("-y, --yes", "do not ask", false)
  addEnvironmentArgument(command, "required")
  addJsonOption(addLogOptions(addRunOptions(command)))
    .addHelpText(
      "after",
      `
Says from which release to which, and asks on a terminal. Ends with 3 when the
answer is no. An image has its configuration sealed in, so that both go back
together. Hooks do not run. envseal history shows the releases.

Examples:
  $ envseal rollback production
  $ envseal rollback production --to 1f1f1f1 --yes`,
    )
    .action(async (environment: string, options: RollbackOptions) => {
      const wanted = { type: "back", to: options.to ?? null, asks: !options.yes } as const
      outcome.status = await runOnEnvironment(environment, options, wanted)
    })
}
