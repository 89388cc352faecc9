import type { ClusterWatchPorts, DeployedEnvironment, StatusPorts } from "../../status/run/ports.ts"
import type { CommandLog } from "../log.ts"
import { type AwsPlace, deployerAws } from "./aws.ts"
import { connectCluster, connectContext } from "./cluster.ts"

/** The real world for looking at an environment. Nothing of it changes anything, or can read a secret's value. */
export async function makeStatusPorts(settings: DeployedEnvironment, log: CommandLog): Promise<StatusPorts> {
  const aws = await deployerAws(settings, log)
  const [{ AwsAccountService }, { AwsBuilder }, { AwsSecretStore }, { nodeTimer }] = await Promise.all([
    import("../../adapters/aws/account.ts"),
    import("../../adapters/aws/builder.ts"),
    import("../../adapters/aws/secret-store.ts"),
    import("../../adapters/node/timer.ts"),
  ])
  const secretStore = new AwsSecretStore(aws.settings, aws.credentials)
  return {
    connect: () => connectCluster(settings, aws, log),
    account: new AwsAccountService(aws.settings, aws.credentials),
    builder: new AwsBuilder(aws.settings, aws.credentials),
    secretStore: { currentVersion: (id, stage) => secretStore.currentVersion(id, stage) },
    timer: nodeTimer,
  }
}

/**
 * The real world for looking at a whole cluster, without settings.
 *
 * @param context of the kubeconfig; `null` for the current one.
 */
export async function makeClusterPorts(
  context: string | null,
  place: AwsPlace,
  log: CommandLog,
): Promise<ClusterWatchPorts> {
  const [aws, cluster, { AwsAccountService }, { AwsSecretStore }, { nodeTimer }, { nodeClock }] =
    await Promise.all([
      deployerAws(place, log),
      connectContext(context, log),
      import("../../adapters/aws/account.ts"),
      import("../../adapters/aws/secret-store.ts"),
      import("../../adapters/node/timer.ts"),
      import("../../adapters/node/clock.ts"),
    ])
  return {
    cluster,
    timer: nodeTimer,
    clock: nodeClock,
    account: new AwsAccountService(aws.settings, aws.credentials),
    async secretStore(region) {
      const there = await deployerAws({ ...place, region }, log)
      const store = new AwsSecretStore(there.settings, there.credentials)
      return { currentVersion: (id, stage) => store.currentVersion(id, stage) }
    },
  }
}
