import type { EnvironmentSettings } from "../../config/settings.ts"
import type { CallerIdentity } from "../../ports/account.ts"
import type { KeyPermission, KeyUse } from "../../ports/keys.ts"
import { type Fact, learn } from "../core/fact.ts"
import { secretsOf } from "../core/secret.ts"
import type { CallerPorts } from "./ports.ts"

/** What is learned as the build or as a pod: what its role may do. Lists are in the order of what they are of. */
export interface CallerFacts {
  readonly platform: string
  readonly caller: Fact<CallerIdentity>
  readonly aheadMs: number | null
  readonly keys: readonly Readonly<Record<KeyUse, Fact<KeyPermission>>>[]
  /** Whether values could be read; none is. */
  readonly mayRead: readonly Fact<boolean>[]
}

/** Asks for everything at once, and uses nothing of it. */
export async function learnAsCaller(
  settings: EnvironmentSettings,
  keyIds: readonly string[],
  { account, clock, keys, secrets, patience, platform }: CallerPorts,
): Promise<CallerFacts> {
  const may = (use: KeyUse, keyId: string) =>
    learn("KMS", patience, () => keys.may(use, keyId, settings.context))
  const [caller, rights, mayRead] = await Promise.all([
    learn("STS", patience, () => account.whoAmI()),
    Promise.all(
      keyIds.map(async (keyId) => {
        const [encrypt, decrypt] = await Promise.all([may("encrypt", keyId), may("decrypt", keyId)])
        return { encrypt, decrypt }
      }),
    ),
    Promise.all(
      secretsOf(settings).map(({ id }) => learn("Secrets Manager", patience, () => secrets.mayRead(id))),
    ),
  ])
  return { platform, caller, aheadMs: clock.aheadMs(), keys: rights, mayRead }
}
