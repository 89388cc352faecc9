import type { Command } from "commander"
import { addEnvironmentsArgument } from "../../cli/environment-argument.ts"
import type { Invocation } from "../../cli/invocation.ts"
import { makeLog } from "../../cli/log.ts"
import { addAwsOptions, addJsonOption, addLogOptions } from "../../cli/options.ts"
import { addConfigOption } from "../../cli/settings.ts"
import type { StatusOptions } from "./tell-status.ts"

export function addStatus(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("status")
    .description("what runs in each environment, and whether its secret is the current one")
    .option("-w, --watch", "go on and tell each change, until Ctrl-C", false)
  addEnvironmentsArgument(command, "environments of envseal.yaml (default: all that are deployed to)")
  addJsonOption(addLogOptions(addAwsOptions(addConfigOption(command))))
    .addHelpText(
      "after",
      `
Reads no value of a secret, and changes nothing. Ends with 3 when a workload
runs an old version of its secret, another image than the others or one that
envseal did not set, or does not run.

Examples:
  $ envseal status
  $ envseal status production --watch`,
    )
    .action(async (names: readonly string[], options: StatusOptions) => {
      const [{ environmentsOf }, { tellStatus, watchStatus }] = await Promise.all([
        import("./environments.ts"),
        import("./tell-status.ts"),
      ])
      const environments = await environmentsOf(names, options, makeLog(options))
      outcome.status = await (options.watch ? watchStatus : tellStatus)(environments, options)
    })
}
