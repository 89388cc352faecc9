import { type Command, Option } from "commander"
import { Deadline } from "../../cli/deadline.ts"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { answerIsNo } from "../../cli/exit.ts"
import type { Invocation } from "../../cli/invocation.ts"
import { makeLog, paint } from "../../cli/log.ts"
import {
  addAwsOptions,
  addJsonOption,
  addLogOptions,
  type CommonOptions,
  parseDuration,
} from "../../cli/options.ts"
import { printJson, printPainted, stdoutColumns, stdoutIsTerminal } from "../../cli/output.ts"
import { addConfigOption, type ConfigOption, configOf } from "../../cli/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import type { Environment } from "../../ports/runtime.ts"
import type { As, Section } from "../run/doctor.ts"

interface DoctorOptions extends CommonOptions, ConfigOption {
  readonly as?: As
  readonly offline: boolean
  readonly timeout: number
}

const usualTimeoutMs = 30_000

export function addDoctor(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("doctor")
    .description("prove every link from the secret to the pod, and tell what to do about a broken one")
    .addOption(
      new Option(
        "--as <who>",
        "whose credentials these are (default: build in CodeBuild, pod in a pod, else deployer)",
      ).choices(["build", "pod", "deployer"]),
    )
    .addOption(
      new Option("--offline", "look only at what the repository holds").default(false).conflicts("as"),
    )
    .addOption(
      new Option("--timeout <duration>", "give up after this long")
        .argParser(parseDuration)
        .default(usualTimeoutMs, `${usualTimeoutMs / 1_000}s`),
    )
  addEnvironmentArgument(command, "optional", "an environment of envseal.yaml (default: all of them)")
  addJsonOption(addLogOptions(addAwsOptions(addConfigOption(command))))
    .addHelpText(
      "after",
      `
Changes nothing, and decrypts nothing. Each link is ok, no, or not checked,
with why; below a no stands what makes it go away. Ends with 3 when anything is
no. docs/doctor.md has each link.

Examples:
  $ envseal doctor production
  $ envseal doctor --offline
  $ envseal doctor production --as build --json`,
    )
    .action(async (environment: string | undefined, options: DoctorOptions) => {
      const sections = await examinedBy(environment ?? null, options)
      const [{ isBroken }, { reportLines, doctorSummary }] = await Promise.all([
        import("../run/doctor.ts"),
        import("../view/report.ts"),
      ])
      const broken = isBroken(sections)
      if (options.json) printJson({ ok: !broken, environments: sections })
      else printPainted(reportLines(sections, stdoutColumns(), paintStdout))
      if (broken) outcome.status = answerIsNo
      makeLog(options).note(doctorSummary(sections))
    })
}

function paintStdout(colour: string, text: string): string {
  return paint(colour, text, stdoutIsTerminal())
}

async function examinedBy(environment: string | null, options: DoctorOptions): Promise<readonly Section[]> {
  const log = makeLog(options)
  const deadline = new Deadline(options.timeout)
  const [{ settingsIn }, { examine, examineOffline }, wiring, { settingsFinding }] = await Promise.all([
    import("../../config/read-settings.ts"),
    import("../run/doctor.ts"),
    import("../../cli/wiring/doctor.ts"),
    import("../core/settings.ts"),
  ])
  try {
    const config = await configOf(options)
    const names = environment === null ? [...config.environments.keys()] : [environment]
    const wanted = names.map((name) => settingsIn(config, name))
    if (options.offline) return await examineOffline(wanted, await wiring.repositoryPorts(config.file))
    const ports = await wiring.makeDoctorPorts({ log, deadline, file: config.file })
    return await examine(wanted, config, options.as ?? usualAs(process.env), ports)
  } catch (error) {
    if (!(error instanceof EnvsealError) || error.code !== "CONFIG_MALFORMED") throw error
    return [{ environment, findings: [settingsFinding(error)] }]
  }
}

/** Who is it that runs this, by what the platforms set. */
function usualAs(environment: Environment): As {
  if (environment["CODEBUILD_BUILD_ID"]) return "build"
  return environment["KUBERNETES_SERVICE_HOST"] ? "pod" : "deployer"
}
