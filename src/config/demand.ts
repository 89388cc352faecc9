import { EnvsealError } from "../core/error.ts"
import type { EnvironmentSettings } from "./settings.ts"

/** Settings that a command may need, and what to write when they are missing. */
const examples = {
  account: 'write the 12 digits of the AWS account, such as account: "111122223333"',
  region: "write the AWS Region, such as region: eu-west-1",
  secrets: "write the secret's name or ARN, such as secret: shop/production",
  recipients: "write who can open it, such as recipients: [aws-kms:alias/envseal-production]",
  build: "write build: with project: and the name of the CodeBuild project",
  image: "write image: with repository: and the image's repository, without tag",
  cluster: "write cluster: with eks: or context:, and namespace:",
  workloads: "write what to deploy to, such as workloads: [deployment/web]",
} as const

export type Demandable = keyof typeof examples

/** An environment that has these settings: none of them is `null` or an empty list. */
export type With<Name extends Demandable> = EnvironmentSettings & {
  readonly [N in Name]: NonNullable<EnvironmentSettings[N]>
}

/**
 * The same environment, once it has what a command needs.
 *
 * @param purpose who asks, for the message, such as `envseal deploy`.
 * @throws EnvsealError `CONFIG_MALFORMED` with each setting that is missing.
 */
export function demand<Name extends Demandable>(
  environment: EnvironmentSettings,
  names: readonly Name[],
  purpose: string,
): With<Name> {
  const missing = names.filter((name) => isAbsent(environment[name]))
  if (hasAll(environment, missing)) return environment
  const { name, place } = environment
  throw new EnvsealError("CONFIG_MALFORMED", `environment ${name} lacks what ${purpose} needs`, {
    problems: missing.map((setting) => ({
      code: "MISSING_SETTING",
      name: place,
      reason: `environments.${name}.${writtenName(setting)} is missing; ${examples[setting]}`,
    })),
    hint: "add these settings; docs/config.md has every one",
  })
}

function isAbsent(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

function hasAll<Name extends Demandable>(
  _environment: EnvironmentSettings,
  missing: readonly Name[],
): _environment is With<Name> {
  return missing.length === 0
}

function writtenName(name: Demandable): string {
  return name === "secrets" ? "secret" : name
}
