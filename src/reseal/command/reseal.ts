import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { addJsonOption, addLogOptions, addRemoteOptions, type CommonOptions } from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { type CommandSession, type RemoteOptions, startSession } from "../../cli/session.ts"
import { addSettingsOptions, type SettingsOptions, settingsOf } from "../../cli/settings.ts"
import { makeResealPorts } from "../../cli/wiring/reseal.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { count } from "../../core/text.ts"
import { unpinnedNote } from "../../envelope/pinned-keys.ts"
import { addSealingOptions, type SealingOptions, sealRequestOf } from "../../seal/command/seal-request.ts"
import type { ResealedImage, ResealResult } from "../run/reseal-image.ts"
import { imageOf, tagOf } from "./image-options.ts"

interface ResealOptions extends CommonOptions, SealingOptions, SettingsOptions, RemoteOptions {
  readonly image?: string
  readonly tag?: string
  readonly path: string
}

const purpose = "envseal reseal"

export function addReseal(program: Command): void {
  const command = program
    .command("reseal")
    .description("put the secret as it is now into a new image of the very layers that run")
  addSealingOptions(addEnvironmentArgument(addSettingsOptions(command)))
    .option("--image <image>", "the image that runs, as REPOSITORY@sha256:DIGEST")
    .option("--tag <tag>", "what the new image is called (in CodeBuild build-ID, of this build)")
    .option(
      "--path <path>",
      "the sealed file in the image, from its root or its working directory",
      ".env.sealed",
    )
  addJsonOption(addLogOptions(addRemoteOptions(command, 300_000)))
    .addHelpText(
      "after",
      `
Runs in the build, in the place of docker build and docker push, and asks ECR's
API alone. Without --image, the repository is that of envseal.yaml, and
the digest is in ENVSEAL_RESEAL_FROM, which a deploy sets. Prints the new image
with its digest. docs/reseal.md tells what changes.

Examples:
  $ envseal reseal production
  $ envseal reseal production --tag build-42 \\
      --image 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:4be1…`,
    )
    .action((_: unknown, options: ResealOptions) => run(options))
}

async function run(options: ResealOptions): Promise<void> {
  const settings = await settingsOf(options, { parents: true })
  const session = await startSession(options, settings)
  const { log, deadline } = session
  const { resealed, unpinned } = await deadline.race("reseal", resealWith(options, settings, session))
  if (options.json) printJson(resealed)
  else printLines([resealed.image])
  log.note(sentenceOf(resealed))
  for (const [alias, arn] of unpinned) log.note(unpinnedNote(alias, arn))
}

async function resealWith(
  options: ResealOptions,
  settings: EnvironmentSettings | null,
  session: CommandSession,
): Promise<ResealResult> {
  const { environment } = session.ports
  const request = {
    ...imageOf(options.image, settings, environment),
    tag: tagOf(options.tag, environment),
    path: options.path,
    ...(await sealRequestOf(options, settings, session.ports, purpose)),
  }
  const [{ reseal }, ports] = await Promise.all([
    import("../run/reseal-image.ts"),
    makeResealPorts(session, settings, options.allowInstanceRole ?? false),
  ])
  return reseal(request, ports)
}

function sentenceOf({ existed, tag, provenance, platforms, commit }: ResealedImage): string {
  const of = commit === null ? "" : `; its code is of ${commit}`
  if (existed) return `${tag} has this secret already, and was used${of}`
  const covers = platforms.some(({ how }) => how === "cover")
  const where = covers ? "in a layer on top of all" : "in the place of the layer before"
  const images = platforms.length === 1 ? "" : ` of ${count(platforms.length, "platform")}`
  return `sealed ${count(provenance.names, "name")} into ${tag}${images}, ${where}; no other layer changed${of}`
}
