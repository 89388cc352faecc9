import { demand } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { shellWord } from "../../core/shell.ts"
import { nameList } from "../../core/text.ts"
import { checkAccount } from "../../deploy/run/check.ts"
import type { AccountService } from "../../ports/account.ts"
import type { SecretReference } from "../../ports/secrets.ts"
import { parseSource } from "../../seal/run/source.ts"

/** The one secret of an environment that is looked at or changed. */
export interface ChosenSecret {
  readonly settings: EnvironmentSettings
  /** Name or ARN. */
  readonly id: string
  /** Which of the environment's secrets it is, from 0. */
  readonly at: number
}

/** A command of `envseal secret` about this secret, to be pasted. */
export function commandFor({ settings, id }: ChosenSecret, command: string, ...args: string[]): string {
  const which = settings.secrets.length > 1 ? ["--secret", id] : []
  return ["envseal secret", command, ...[settings.name, ...args, ...which].map(shellWord)].join(" ")
}

/**
 * @param wanted name or ARN, where the environment has several.
 * @throws EnvsealError `USAGE` when it is not clear which one is meant, `CONFIG_MALFORMED` for an environment without any,
 * `WRONG_ACCOUNT` with the credentials of another account.
 */
export async function targetOf(
  settings: EnvironmentSettings,
  wanted: string | null,
  ports: { readonly account: AccountService },
): Promise<ChosenSecret> {
  const target = targetIn(settings, wanted)
  await checkAccount({ settings }, ports)
  return target
}

/**
 * The secret that stands beside one of another environment: the one that is named, else the one at the same place.
 *
 * @throws EnvsealError as {@link targetOf} does.
 */
export function targetBeside(
  one: ChosenSecret,
  settings: EnvironmentSettings,
  wanted: string | null,
  ports: { readonly account: AccountService },
): Promise<ChosenSecret> {
  const ids = settings.secrets.map((text) => referenceOf(text, settings.place).id)
  const isAlike = ids.length === one.settings.secrets.length
  const atPlace = wanted !== null && isAlike && !ids.includes(wanted) ? (ids[one.at] ?? null) : null
  return targetOf(settings, atPlace ?? wanted, ports)
}

function targetIn(settings: EnvironmentSettings, wanted: string | null): ChosenSecret {
  const { secrets } = demand(settings, ["secrets"], "envseal secret")
  const all = secrets.map((text) => referenceOf(text, settings.place))
  const named = wanted === null ? (all.length === 1 ? all : []) : all.filter(({ id }) => id === wanted)
  const chosen = named.find(({ version }) => version === null) ?? named[0]
  if (chosen === undefined) {
    const what = wanted === null ? "has several secrets" : "does not have that secret"
    throw new EnvsealError("USAGE", `${settings.name} ${what}`, {
      hint: `name one of them: --secret ${nameList([...new Set(all.map(({ id }) => id))])}`,
    })
  }
  if (chosen.version !== null) {
    throw new EnvsealError(
      "USAGE",
      `${settings.place}: ${chosen.id} is pinned to one version, which cannot be changed`,
      { hint: "write its name alone into envseal.yaml, so that its current version counts" },
    )
  }
  return { settings, id: chosen.id, at: all.indexOf(chosen) }
}

function referenceOf(text: string, place: string): SecretReference {
  const source = parseSource(`aws-sm:${text}`, place)
  if (source.type !== "aws-sm") throw new EnvsealError("CONFIG_MALFORMED", `${place}: not a secret's name`)
  return source.reference
}
