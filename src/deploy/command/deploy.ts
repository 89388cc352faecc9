import { type Command, Option } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import type { Invocation } from "../../cli/invocation.ts"
import { addAwsOptions, addJsonOption, addLogOptions, parseDuration } from "../../cli/options.ts"
import { addConfigOption } from "../../cli/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { type RequestedBack, type RequestedStart, type RunOptions, runOnEnvironment } from "./run-deploy.ts"

interface DeployOptions extends RunOptions {
  readonly source?: string
  readonly commit?: string
  readonly image?: string
  readonly resume?: string
  readonly reseal: boolean
  readonly detach: boolean
  readonly dryRun: boolean
  readonly names: boolean
}

export function addDeploy(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("deploy")
    .description("build, put the image on every workload, watch every pod; or put back what ran")
  addEnvironmentArgument(command, "required")
    .option("--source <name>", "build this branch or tag instead of the configured one")
    .addOption(new Option("--commit <id>", "build just this commit").conflicts(["source"]))
    .addOption(
      new Option("--image <image>", "deploy an image that exists: tag, digest or whole name").conflicts([
        "source",
        "commit",
        "resume",
        "detach",
      ]),
    )
    .addOption(
      new Option("--resume <build>", "follow a build that was started before").conflicts([
        "source",
        "commit",
        "detach",
      ]),
    )
    .addOption(
      new Option("--reseal", "deploy the secret as it is now, with the very code that runs")
        .default(false)
        .conflicts(["source", "commit", "image"]),
    )
    .option("--detach", "start the build, tell its id, and leave", false)
    .addOption(
      new Option("--dry-run", "tell what would be done, and change nothing")
        .default(false)
        .conflicts(["resume", "detach", "breakLock"]),
    )
    .addOption(
      new Option("--names", "with --dry-run: which names of the secret changed, for who may read it")
        .default(false)
        .conflicts("image"),
    )
  addRunOptions(command)
    .addOption(
      new Option(
        "--logs <how>",
        "the build's log: all of it, its end when it fails, or none (default: all but on a terminal)",
      ).choices(["full", "tail", "none"]),
    )
    .addOption(
      new Option(
        "--poll <duration>",
        "ask for the build this often (default: 2s to 5s, by its phase)",
      ).argParser(parseDuration),
    )
  addJsonOption(addLogOptions(command))
    .addHelpText(
      "after",
      `
Reads no value of a secret, but for --names. Ctrl-C stops watching, and tells
how to go on; a second one stops the build too. Ends with 8 when the deploy
failed, and tells what runs now.

Examples:
  $ envseal deploy production
  $ envseal deploy production --dry-run
  $ envseal deploy production --reseal
  $ envseal deploy production --resume shop:1b2c3d4e-…
  $ envseal deploy production --image build-42`,
    )
    .action(async (environment: string, options: DeployOptions) => {
      refuseNames(options)
      const start = startOf(options)
      if (!options.dryRun || start.type === "resume") {
        outcome.status = await runOnEnvironment(environment, options, start)
        return
      }
      const { tellPreview } = await import("./tell-preview.ts")
      outcome.status = await tellPreview(environment, options, start)
    })
}

/** What `deploy` and `rollback` have in common. */
export function addRunOptions(command: Command): Command {
  return addAwsOptions(addConfigOption(command))
    .option("--no-rollback", "leave a rollout that fails as it is")
    .option("--break-lock", "take the lock from its holder", false)
    .addOption(
      new Option(
        "--stall <duration>",
        "give up when nothing moves for so long (default: rollout.timeout)",
      ).argParser(parseDuration),
    )
}

/** @throws EnvsealError `USAGE`: a deploy itself reads no value. */
function refuseNames({ names, dryRun }: DeployOptions): void {
  if (!names || dryRun) return
  throw new EnvsealError("USAGE", "--names is for --dry-run", {
    hint: "see first which names changed: envseal deploy ENVIRONMENT --dry-run --names",
  })
}

/** A build needs a commit, which is resolved once the settings are read. */
function startOf({
  image,
  resume,
  reseal,
  source,
  commit,
  detach,
}: DeployOptions): Exclude<RequestedStart, RequestedBack> {
  if (image !== undefined) return { type: "image", image }
  if (reseal) return { type: "reseal", build: resume ?? null, detach }
  if (resume !== undefined) return { type: "resume", build: resume }
  return { type: "source", source: commit ?? source ?? null, detach }
}
