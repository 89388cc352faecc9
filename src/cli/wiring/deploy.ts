import type { With } from "../../config/demand.ts"
import type { DeployPorts } from "../../deploy/run/ports.ts"
import type { PreviewPorts } from "../../deploy/run/preview.ts"
import type { Cluster } from "../../ports/cluster.ts"
import type { ImageReader } from "../../ports/image-store.ts"
import type { CommandLog } from "../log.ts"
import { type AwsAccess, deployerAws } from "./aws.ts"
import { connectCluster } from "./cluster.ts"

type Settings = With<"image" | "cluster" | "workloads">

/** The real world for a deploy. Nothing of it can read a secret's value. */
export async function makeDeployPorts(
  settings: Settings,
  log: CommandLog,
  access: AwsAccess | null = null,
): Promise<DeployPorts> {
  const aws = access ?? (await deployerAws(settings, log))
  const [ports, node, cluster] = await Promise.all([
    awsPorts(aws),
    nodePorts(),
    connectCluster(settings, aws, log),
  ])
  return { ...ports, ...node, cluster, log, random: Math.random }
}

/**
 * The same for what a deploy would do, and the versions of its secrets.
 *
 * @param names whether their values may be read, for the names that changed.
 */
export async function makePreviewPorts(
  settings: Settings,
  log: CommandLog,
  { names }: { readonly names: boolean },
): Promise<PreviewPorts> {
  const aws = await deployerAws(settings, log)
  const [ports, { AwsSecretStore }, { gitCommits }] = await Promise.all([
    makeDeployPorts(settings, log, aws),
    import("../../adapters/aws/secret-store.ts"),
    import("../../adapters/node/commit-book.ts"),
  ])
  const store = new AwsSecretStore(aws.settings, aws.credentials)
  // Nothing else of the store is handed on.
  const secretStore = { currentVersion: (id: string, stage?: string) => store.currentVersion(id, stage) }
  return { ...ports, secretStore, secretReader: names ? store : null, commits: gitCommits }
}

/** The cluster of an environment alone, to look at. */
export async function connectDeployed(settings: With<"cluster">, log: CommandLog): Promise<Cluster> {
  return connectCluster(settings, await deployerAws(settings, log), log)
}

async function awsPorts({ settings, credentials }: AwsAccess) {
  const modules = await Promise.all([
    import("../../adapters/aws/account.ts"),
    import("../../adapters/aws/builder.ts"),
    import("../../adapters/aws/image-store.ts"),
    import("../../adapters/aws/log-tail.ts"),
    import("../../adapters/aws/registry.ts"),
  ])
  const [{ AwsAccountService }, { AwsBuilder }, { AwsImageStore }, { AwsLogTail }, { AwsRegistry }] = modules
  return {
    account: new AwsAccountService(settings, credentials),
    builder: new AwsBuilder(settings, credentials),
    logTail: new AwsLogTail(settings, credentials),
    registry: new AwsRegistry(settings, credentials),
    images: await imageParts(new AwsImageStore(settings, credentials)),
  }
}

/** Nothing of it writes. */
async function imageParts(store: ImageReader): Promise<DeployPorts["images"]> {
  const { decompress } = await import("../../adapters/node/decompress.ts")
  return {
    manifest: (repository, reference, types) => store.manifest(repository, reference, types),
    blob: (repository, blob) => store.blob(repository, blob),
    decompress,
  }
}

async function nodePorts() {
  const [{ nodeClock }, { nodeTimer }, { gitRepository }] = await Promise.all([
    import("../../adapters/node/clock.ts"),
    import("../../adapters/node/timer.ts"),
    import("../../adapters/node/git.ts"),
  ])
  return { timer: nodeTimer, repository: gitRepository, clock: nodeClock }
}
