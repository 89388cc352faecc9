import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { makeLog } from "../../cli/log.ts"
import { addAwsOptions, addLogOptions, type CommonOptions, collect } from "../../cli/options.ts"
import { writeStdout } from "../../cli/output.ts"
import { addConfigOption, type ConfigOption, configOf, settingsFile } from "../../cli/settings.ts"
import { demand } from "../../config/demand.ts"
import { environmentOf } from "../../config/load.ts"
import { shortImage } from "../../core/workload.ts"

interface ManifestsOptions extends CommonOptions, ConfigOption {
  readonly file?: readonly string[]
  readonly image?: string
}

export function addManifests(program: Command): void {
  const command = program
    .command("manifests")
    .description("print an environment's manifests with the images that run, for kubectl apply")
  addEnvironmentArgument(command, "required")
    .option(
      "-f, --file <path>",
      "manifests, by default kubernetes/ENVIRONMENT; - for standard input; repeatable",
      collect,
    )
    .option("--image <image>", "what to run where nothing runs yet: tag, digest or whole name")
  addLogOptions(addAwsOptions(addConfigOption(command)))
    .addHelpText(
      "after",
      `
The manifests of a repository have no image in the app's containers: a deploy
alone changes it. Here each gets the image that it runs; where nothing runs yet,
that of the other workloads, or --image, or the newest one that a build of the
environment has pushed. Changes nothing.

Examples:
  $ envseal manifests production | kubectl apply -f -
  $ envseal manifests production -f kubernetes/production/mailer.yaml
  $ kubectl kustomize overlays/production | envseal manifests production -f -`,
    )
    .action(run)
}

async function run(environment: string, options: ManifestsOptions): Promise<void> {
  const log = makeLog(options)
  const config = await configOf(options)
  const needed = ["image", "cluster", "workloads"] as const
  const settings = demand(environmentOf(config, environment), needed, "envseal manifests")
  const [{ appliedManifests }, { appliedPorts }, path] = await Promise.all([
    import("../run/applied-manifests.ts"),
    import("../../cli/wiring/manifests.ts"),
    settingsFile(options),
  ])
  const root = path.slice(0, path.lastIndexOf("/") + 1)
  const isShared = [...config.environments.values()].some(
    ({ name, build }) =>
      name !== settings.name && build !== null && build.project === settings.build?.project,
  )
  const request = {
    settings,
    named: options.file ?? [],
    folder: `${root}kubernetes/${settings.name}/`,
    image: options.image ?? null,
  }
  const { text, given } = await appliedManifests(request, await appliedPorts(settings, isShared, log))
  writeStdout(text)
  for (const { workload, container, image, because } of given)
    log.note(`${workload}, ${container}: ${shortImage(image)}, because ${because}`)
}
