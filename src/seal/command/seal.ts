import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import {
  addJsonOption,
  addLogOptions,
  addRecipientOptions,
  addRemoteOptions,
  addSourceOptions,
  type CommonOptions,
  collect,
} from "../../cli/options.ts"
import { printJson } from "../../cli/output.ts"
import { refuseOverwrite } from "../../cli/overwrite.ts"
import { type RemoteOptions, startSession } from "../../cli/session.ts"
import { addSettingsOptions, type SettingsOptions, settingsOf } from "../../cli/settings.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { regionOf } from "../../core/region.ts"
import { count } from "../../core/text.ts"
import { type KeyPins, unpinnedNote } from "../../envelope/pinned-keys.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { Environment } from "../../ports/runtime.ts"
import { type RecipientOptions, readRecipients } from "./recipient-options.ts"
import { buildOf, type SourceOptions, sourcesOf } from "./source-options.ts"

interface SealOptions extends CommonOptions, RecipientOptions, SourceOptions, SettingsOptions, RemoteOptions {
  readonly context?: readonly string[]
  readonly kmsKey?: readonly string[]
  readonly out: string
  readonly binary: boolean
}

const purpose = "envseal seal"
const sealedMode = 0o644

export function addSeal(program: Command): void {
  const command = program.command("seal").description("turn a secret's JSON into an encrypted .env")
  addSourceOptions(addEnvironmentArgument(addSettingsOptions(command)))
  addRecipientOptions(command)
  command
    .option("-c, --context <pairs>", "what it is for: app=shop,environment=production ; repeatable", collect)
    .option("--kms-key <arn>", "the KMS key that an alias has to lead to; repeatable", collect)
    .option("-o, --out <file>", "the envelope to write; - is standard output", ".env.sealed")
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
  const [{ seal }, { parseContext }] = await Promise.all([
    import("../run/seal-secret.ts"),
    import("../../envelope/context.ts"),
  ])
  const recipients = await readRecipients(options, ports, settings, purpose)
  const given = options.context === undefined ? settings?.context : undefined
  const context = given ?? parseContext(options.context ?? [], "--context")
  const request = {
    ...sourcesOf(options, settings, purpose),
    recipients,
    context,
    armored: !options.binary,
    pins: await keyPinsOf(options, settings, ports.environment),
    build: buildOf(ports.environment),
  }
  return { ...(await seal(request, ports)), recipients, context }
}

async function keyPinsOf(
  { kmsKey }: SealOptions,
  settings: EnvironmentSettings | null,
  environment: Environment,
): Promise<KeyPins> {
  const { pinsOf } = await import("../../cli/key-pins.ts")
  const [, buildAccount] =
    /^arn:[^:]+:codebuild:[^:]+:(\d{12}):/.exec(environment["CODEBUILD_BUILD_ARN"] ?? "") ?? []
  return {
    kmsKeys: pinsOf(kmsKey, environment) ?? settings?.kmsKeys ?? [],
    account: settings?.account ?? buildAccount ?? null,
    region: settings?.region ?? regionOf(environment),
  }
}
