import type { With } from "../../config/demand.ts"
import type { AccountService } from "../../ports/account.ts"
import type { Builder } from "../../ports/builder.ts"
import type { Timer } from "../../ports/clock.ts"
import type { Cluster } from "../../ports/cluster.ts"
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
