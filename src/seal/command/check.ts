import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { answerIsNo } from "../../cli/exit.ts"
import { formatProblem } from "../../cli/failure.ts"
import type { Invocation } from "../../cli/invocation.ts"
import {
  addJsonOption,
  addLogOptions,
  addRemoteOptions,
  addSourceOptions,
  type CommonOptions,
} from "../../cli/options.ts"
import { printJson, printLines, stdoutColumns } from "../../cli/output.ts"
import { type RemoteOptions, startSession } from "../../cli/session.ts"
import { addSettingsOptions, type SettingsOptions, settingsOf } from "../../cli/settings.ts"
import { wrap } from "../../cli/wrap.ts"
import { count } from "../../core/text.ts"
import { type SourceOptions, sourcesOf } from "./source-options.ts"

type CheckOptions = CommonOptions & SourceOptions & SettingsOptions & RemoteOptions

export function addCheck(program: Command, { outcome }: Invocation): void {
  const command = program.command("check").description("run all of seal's checks, and write nothing")
  addJsonOption(
    addLogOptions(
      addRemoteOptions(addSourceOptions(addEnvironmentArgument(addSettingsOptions(command))), 60_000),
    ),
  )
    .addHelpText(
      "after",
      `
Ends with 3 when the secret could not be sealed.

Examples:
  $ envseal check production
  $ envseal check --from file:secret.json --require .env.example`,
    )
    .action(async (_: unknown, options: CheckOptions) => {
      const settings = await settingsOf(options, { parents: true })
      const { log, ports, deadline } = await startSession(options, settings)
      const { checkSecret } = await import("../run/check-secret.ts")
      const sources = sourcesOf(options, settings, "envseal check")
      const result = await deadline.race("check", checkSecret(sources, ports))
      if (options.json) printJson({ ok: result.problems.length === 0, ...result })
      else
        printLines(
          result.problems.flatMap((problem) => wrap(formatProblem(problem), { columns: stdoutColumns() })),
        )
      if (result.problems.length === 0) log.note(`${count(result.names, "name")} can be sealed`)
      else {
        const names = new Set(result.problems.map(({ name }) => name)).size
        log.note(`${count(names, "name")} cannot be sealed`)
        outcome.status = answerIsNo
      }
    })
}
