import type { Command } from "commander"
import { addRecipientOptions, addSourceOptions, collect } from "../../cli/options.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { regionOf } from "../../core/region.ts"
import type { KeyPins } from "../../envelope/pinned-keys.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { Environment } from "../../ports/runtime.ts"
import type { SealRequest } from "../run/seal-secret.ts"
import { type RecipientOptions, readRecipients } from "./recipient-options.ts"
import { buildOf, type SourceOptions, sourcesOf } from "./source-options.ts"

/** What is sealed, for whom, and for what. */
export interface SealingOptions extends RecipientOptions, SourceOptions {
  readonly context?: readonly string[]
  readonly kmsKey?: readonly string[]
  readonly binary: boolean
}

export function addSealingOptions(command: Command): Command {
  return addRecipientOptions(addSourceOptions(command))
    .option("-c, --context <pairs>", "what it is for: app=shop,environment=production ; repeatable", collect)
    .option("--kms-key <arn>", "the KMS key that an alias has to lead to; repeatable", collect)
}

/**
 * What to seal, by a command line and, where that says nothing, by the settings of an environment.
 *
 * @param purpose who asks, such as `envseal seal`.
 * @throws EnvsealError `USAGE`, or `CONFIG_MALFORMED` when the settings lack something.
 */
export async function sealRequestOf(
  options: SealingOptions,
  settings: EnvironmentSettings | null,
  ports: Ports,
  purpose: string,
): Promise<SealRequest> {
  const { parseContext } = await import("../../envelope/context.ts")
  const recipients = await readRecipients(options, ports, settings, purpose)
  const given = options.context === undefined ? settings?.context : undefined
  return {
    ...sourcesOf(options, settings, purpose),
    recipients,
    context: given ?? parseContext(options.context ?? [], "--context"),
    armored: !options.binary,
    pins: await keyPinsOf(options, settings, ports.environment),
    build: buildOf(ports.environment),
  }
}

async function keyPinsOf(
  { kmsKey }: SealingOptions,
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
