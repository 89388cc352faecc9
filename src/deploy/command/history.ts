import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { makeLog } from "../../cli/log.ts"
import { addAwsOptions, addJsonOption, addLogOptions, type CommonOptions } from "../../cli/options.ts"
import { printJson, printPainted, stdoutColumns, stdoutIsTerminal } from "../../cli/output.ts"
import { addConfigOption, type ConfigOption, settingsNamed } from "../../cli/settings.ts"
import { demand } from "../../config/demand.ts"

type HistoryOptions = CommonOptions & ConfigOption

export function addHistory(program: Command): void {
  const command = program
    .command("history")
    .description("the releases of an environment, newest first, and which one runs")
  addEnvironmentArgument(command, "required")
  addJsonOption(addLogOptions(addAwsOptions(addConfigOption(command))))
    .addHelpText(
      "after",
      `
What deploys wrote on the workloads: ten releases at most. A release that failed
or was rolled back is not among them. Changes nothing. envseal rollback --to
goes back to one of them.

Example:
  $ envseal history production`,
    )
    .action(tellHistory)
}

async function tellHistory(environment: string, { json = false, ...options }: HistoryOptions): Promise<void> {
  const settings = demand(
    await settingsNamed(environment, options),
    ["cluster", "workloads"],
    "envseal history",
  )
  const log = makeLog(options)
  const [{ connectDeployed }, { readHistory }] = await Promise.all([
    import("../../cli/wiring/deploy.ts"),
    import("../run/history.ts"),
  ])
  const history = await readHistory(settings, await connectDeployed(settings, log))
  for (const workload of history.missing) {
    log.warn(`${workload} does not exist in the namespace ${history.namespace}`)
  }
  if (json) return printJson({ at: new Date().toISOString(), ...history })
  const [{ historyLines }, { paint }, { here }] = await Promise.all([
    import("../view/history.ts"),
    import("../../cli/log.ts"),
    import("../../cli/here.ts"),
  ])
  const paintStdout = (colour: string, text: string) => paint(colour, text, stdoutIsTerminal())
  printPainted(historyLines(history, { columns: stdoutColumns(), paint: paintStdout, here: here() }))
}
