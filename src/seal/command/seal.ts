import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { addJsonOption, addLogOptions, addRemoteOptions, type CommonOptions } from "../../cli/options.ts"
import { printJson } from "../../cli/output.ts"
import { refuseOverwrite } from "../../cli/overwrite.ts"
import { type RemoteOptions, startSession } from "../../cli/session.ts"
import { addSettingsOptions, type SettingsOptions, settingsOf } from "../../cli/settings.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { count } from "../../core/text.ts"
import { unpinnedNote } from "../../envelope/pinned-keys.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { addSealingOptions, type SealingOptions, sealRequestOf } from "./seal-request.ts"

interface SealOptions extends CommonOptions, SealingOptions, SettingsOptions, RemoteOptions {
  readonly out: string
}

const purpose = "envseal seal"
const sealedMode = 0o644

export function addSeal(program: Command): void {
  const command = program.command("seal").description("turn a secret's JSON into an encrypted .env")
  addSealingOptions(addEnvironmentArgument(addSettingsOptions(command)))
  command.option("-o, --out <file>", "the envelope to write; - is standard output", ".env.sealed")
  addJsonOption(addLogOptions(addRemoteOptions(command, 60_000)))
    .addHelpText(
      "after",
      `
With an environment (ENVSEAL_ENVIRONMENT), secret, require, setEnv, recipients,
context and kmsKeys are those of envseal.yaml (docs/config.md), unless they are
given here.

Examples:
  $ envseal seal production
  $ envseal seal --from aws-sm:shop/production --require .env.example \\
      -r aws-kms:alias/envseal-production \\
      --context app=shop,environment=production`,
    )
    .action((_: unknown, options: SealOptions) => run(options))
}

async function run(options: SealOptions): Promise<void> {
  const settings = await settingsOf(options, { parents: true })
  const { log, ports, deadline } = await startSession(options, settings)
  await refuseOverwrite(options.out, inputsOf(options), ports.files)
  const sealing = sealWith(options, settings, ports)
  const { bytes, provenance, recipients, context, unpinned } = await deadline.race("seal", sealing)
  const toStdout = options.out === "-"
  if (toStdout) {
    const { writeStdout } = await import("../../adapters/node/standard-streams.ts")
    writeStdout(bytes)
  } else {
    await ports.files.replace(options.out, bytes, sealedMode)
  }
  const { names } = provenance
  log.note(
    `sealed ${count(names, "name")} for ${count(recipients.length, "recipient")}${toStdout ? "" : ` into ${options.out}`}`,
  )
  for (const [alias, arn] of unpinned) log.note(unpinnedNote(alias, arn))
  if (options.json && !toStdout) {
    printJson({
      out: options.out,
      bytes: bytes.length,
      context,
      provenance,
      recipients: recipients.map(({ text }) => text),
    })
  }
}

/** What sealing reads: none of it may be lost to the envelope. */
function inputsOf({ from = [], recipientsFile = [], require, config }: SealOptions): string[] {
  const files = from.flatMap((text) => /^(?:file|dotenv):(.+)$/s.exec(text)?.[1] ?? [])
  return [...files, ...recipientsFile, ...[require, config].filter((path) => path !== undefined)]
}

async function sealWith(options: SealOptions, settings: EnvironmentSettings | null, ports: Ports) {
  const { seal } = await import("../run/seal-secret.ts")
  const request = await sealRequestOf(options, settings, ports, purpose)
  return { ...(await seal(request, ports)), recipients: request.recipients, context: request.context }
}
