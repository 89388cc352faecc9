import type { Credentials } from "../../adapters/aws/credentials.ts"
import type { AwsSettings } from "../../adapters/aws/settings.ts"
import type { With } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import type { DeployPorts } from "../../deploy/run/ports.ts"
import type { Cluster, NamespaceReader } from "../../ports/cluster.ts"
import { CurrentActivity } from "../activity.ts"
import type { CommandLog } from "../log.ts"
import { accessOf } from "./cluster.ts"

/** How long one call to a remote may be repeated. What is polled is asked for once at a time. */
const callLimitMs = 30_000

type Settings = With<"image" | "cluster" | "workloads">

/** The real world for a deploy. Nothing of it can read a secret's value. */
export async function makeDeployPorts(settings: Settings, log: CommandLog): Promise<DeployPorts> {
  const aws = await laptopAws(settings, log)
  const [ports, node, cluster] = await Promise.all([
    awsPorts(aws),
    nodePorts(),
    connectCluster(settings, aws, log),
  ])
  return { ...ports, ...node, cluster, log, random: Math.random }
}

/** What the calls of a laptop to AWS go by, and the credentials that they share. */
export interface LaptopAws {
  readonly settings: AwsSettings
  readonly credentials: Credentials
}

export async function laptopAws(
  { region, profile }: Pick<EnvironmentSettings, "region" | "profile">,
  log: CommandLog,
): Promise<LaptopAws> {
  const settings = {
    environment: process.env,
    // What the environment chooses outright, as a build or a pod does, counts before the laptop's profile.
    profile: process.env["AWS_ACCESS_KEY_ID"] || process.env["AWS_PROFILE"] ? null : profile,
    region,
    allowInstanceRole: false,
    log,
    activity: new CurrentActivity(),
    remainingMs: () => callLimitMs,
  }
  const { Credentials } = await import("../../adapters/aws/credentials.ts")
  return { settings, credentials: new Credentials(settings) }
}

/**
 * The cluster of an environment, by a kubeconfig or, on EKS, without one.
 *
 * @throws EnvsealError as the ways to a cluster do.
 */
export async function connectCluster(
  { region, cluster }: With<"cluster">,
  aws: LaptopAws,
  log: CommandLog,
): Promise<Cluster & NamespaceReader> {
  const [{ KubernetesCluster }, { kubeconfigAccess }, { eksAccess }] = await Promise.all([
    import("../../adapters/kubernetes/cluster.ts"),
    import("../../adapters/kubernetes/kubeconfig.ts"),
    import("../../adapters/aws/eks.ts"),
  ])
  const access = await accessOf(cluster, {
    kubeconfig: (context) => kubeconfigAccess(context, process.env, log),
    eks: (name) => eksAccess(name, region ?? "", aws.settings, aws.credentials),
  })
  return new KubernetesCluster(access, cluster.namespace, { log, activity: new CurrentActivity() })
}

async function awsPorts({ settings, credentials }: LaptopAws) {
  const [{ AwsAccountService }, { AwsBuilder }, { AwsLogTail }, { AwsRegistry }] = await Promise.all([
    import("../../adapters/aws/account.ts"),
    import("../../adapters/aws/builder.ts"),
    import("../../adapters/aws/log-tail.ts"),
    import("../../adapters/aws/registry.ts"),
  ])
  return {
    account: new AwsAccountService(settings, credentials),
    builder: new AwsBuilder(settings, credentials),
    logTail: new AwsLogTail(settings, credentials),
    registry: new AwsRegistry(settings, credentials),
  }
}

async function nodePorts() {
  const [{ nodeTimer }, { gitRepository }] = await Promise.all([
    import("../../adapters/node/timer.ts"),
    import("../../adapters/node/git.ts"),
  ])
  return { timer: nodeTimer, repository: gitRepository, clock: { now: () => new Date() } }
}
