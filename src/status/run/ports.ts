import type { With } from "../../config/demand.ts"
import type { AccountService } from "../../ports/account.ts"
import type { Builder } from "../../ports/builder.ts"
import type { Clock, Timer } from "../../ports/clock.ts"
import type { Cluster, WorkloadLister, WorkloadWatcher } from "../../ports/cluster.ts"
import type { SecretStore } from "../../ports/secrets.ts"

/** An environment that is deployed to. */
export type DeployedEnvironment = With<"cluster" | "workloads">

/** What `status` may touch of the outside world: nothing in it changes anything, or reads the value of a secret. */
export interface StatusPorts {
  /** Finds the way to the cluster; looks again each time until it is found. @throws EnvsealError */
  connect(): Promise<Pick<Cluster, "name" | "server" | "serverName" | "observe" | "readLease">>
  readonly account: AccountService
  readonly builder: Pick<Builder, "read">
  readonly secretStore: Pick<SecretStore, "currentVersion">
  readonly timer: Timer
}

/** What a look at a whole cluster may touch: nothing of it changes anything, or reads the value of a secret. */
export interface ClusterStatusPorts {
  readonly cluster: WorkloadLister
  readonly account: Pick<AccountService, "whoAmI">
  /** The secrets of a Region. */
  secretStore(region: string): Promise<Pick<SecretStore, "currentVersion">>
}

/** The same for who goes on looking. */
export interface ClusterWatchPorts extends ClusterStatusPorts {
  readonly cluster: WorkloadLister & WorkloadWatcher
  readonly timer: Timer
  readonly clock: Clock
}
