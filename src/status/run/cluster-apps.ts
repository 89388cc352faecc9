import { EnvsealError } from "../../core/error.ts"
import { awsRegion } from "../../core/region.ts"
import { type WorkloadKind, workloadKinds } from "../../core/workload.ts"
import type { Home } from "../../deploy/core/home.ts"
import type { SecretStatus } from "../../deploy/core/sealed-secret.ts"
import { currentVersions } from "../../deploy/run/current-versions.ts"
import type { AccountService } from "../../ports/account.ts"
import type { WorkloadLister } from "../../ports/cluster.ts"
import type { SecretStore } from "../../ports/secrets.ts"
import { type DeployedApp, deployedApp, groupsOf } from "../core/deployed-app.ts"

/** What is asked: nothing of it changes anything, or reads the value of a secret. */
export interface ClusterStatusPorts {
  readonly cluster: WorkloadLister
  readonly account: Pick<AccountService, "whoAmI">
  /** The secrets of a Region. */
  secretStore(region: string): Promise<Pick<SecretStore, "currentVersion">>
}

/** Everything that envseal deployed in a cluster (docs/deploy.md, "A whole cluster"). Nothing in it is secret. */
export interface ClusterStatus {
  /** RFC 3339. */
  readonly at: string
  /** What the user calls it. */
  readonly cluster: string
  /** `null` for all of them. */
  readonly namespace: string | null
  /** False when any app is not well; else `null` when there are kinds that could not be listed. */
  readonly ok: boolean | null
  readonly apps: readonly DeployedApp[]
  /** Kinds that the caller may not list. */
  readonly unseen: readonly WorkloadKind[]
}

/**
 * Looks at a cluster by what deploys wrote on its workloads. A secret's version is compared where the caller may ask.
 *
 * @param namespace `null` for all of them.
 * @throws EnvsealError what the cluster throws.
 */
export async function lookAtCluster(
  namespace: string | null,
  ports: ClusterStatusPorts,
  now: Date,
): Promise<ClusterStatus> {
  const { cluster } = ports
  const { workloads, unseen } = await listWorkloads(cluster, namespace)
  const groups = groupsOf(workloads)
  const versions = new Versions(ports)
  const apps = await Promise.all(
    groups.map(async (group) => deployedApp(group, await versions.of(group.home))),
  )
  const ok = apps.some((app) => !app.ok) ? false : unseen.length > 0 ? null : true
  return { at: now.toISOString(), cluster: cluster.name, namespace, ok, apps, unseen }
}

/** The Role of a deployer has the kinds of its own workloads alone. @throws EnvsealError when none may be listed. */
async function listWorkloads(cluster: WorkloadLister, namespace: string | null) {
  const found = await Promise.all(
    workloadKinds.map(async (kind) => {
      try {
        return { kind, items: await cluster.workloads(kind, namespace), denied: null }
      } catch (error) {
        if (error instanceof EnvsealError && error.code === "ACCESS_DENIED")
          return { kind, items: [], denied: error }
        throw error
      }
    }),
  )
  const denied = found.flatMap((one) => one.denied ?? [])
  if (denied.length === workloadKinds.length) throw denied[0]
  return {
    workloads: found.flatMap(({ items }) => items),
    unseen: found.filter((one) => one.denied !== null).map(({ kind }) => kind),
  }
}

/** No environment has more. */
const maxSecrets = 20

/** The versions that would be sealed now. Each secret is asked for once, however many apps have it. */
class Versions {
  readonly #ports: ClusterStatusPorts
  readonly #known = new Map<string, Promise<readonly SecretStatus[]>>()
  #account: Promise<string | null> | null = null

  constructor(ports: ClusterStatusPorts) {
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
