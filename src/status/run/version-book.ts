import { EnvsealError } from "../../core/error.ts"
import { awsRegion } from "../../core/region.ts"
import type { Home } from "../../deploy/core/home.ts"
import type { SecretStatus } from "../../deploy/core/sealed-secret.ts"
import { currentVersions } from "../../deploy/run/current-versions.ts"
import type { ClusterStatusPorts } from "./ports.ts"

/** No environment has more. */
const maxSecrets = 20

/** The versions that would be sealed now. Each secret is asked for once, however many apps have it. */
export class VersionBook {
  readonly #ports: Pick<ClusterStatusPorts, "account" | "secretStore">
  readonly #known = new Map<string, Promise<readonly SecretStatus[]>>()
  #account: Promise<string | null> | null = null

  constructor(ports: Pick<ClusterStatusPorts, "account" | "secretStore">) {
    this.#ports = ports
  }

  /** @returns none where they cannot be asked: somebody else may. */
  async of(home: Home | null): Promise<readonly SecretStatus[]> {
    if (home === null || home.secrets.length === 0 || home.secrets.length > maxSecrets) return []
    // Who may write on a workload chooses neither where is asked, nor for how long.
    if (home.region === null || !awsRegion.test(home.region)) return []
    // A secret of the same name in another account would make everything look stale.
    if (home.account === null || home.account !== (await this.#callersAccount())) return []
    const { region, secrets } = home
    const all = secrets.map((secret) => {
      const key = `${region} ${secret}`
      const known = this.#known.get(key) ?? this.#ask(region, secret)
      this.#known.set(key, known)
      return known
    })
    return (await Promise.all(all)).flat()
  }

  async #ask(region: string, secret: string): Promise<readonly SecretStatus[]> {
    return (await currentVersions([secret], await this.#ports.secretStore(region))).secrets
  }

  #callersAccount(): Promise<string | null> {
    this.#account ??= this.#ports.account.whoAmI().then(
      ({ account }) => account,
      (error: unknown) => {
        if (error instanceof EnvsealError) return null
        throw error
      },
    )
    return this.#account
  }
}
