import type { DeployPorts } from "../app/deploy/ports.ts"
import type { With } from "../config/demand.ts"
import { CurrentActivity } from "./activity.ts"
import { accessOf } from "./cluster.ts"
import type { CommandTalk } from "./talk.ts"

/** How long one call to a remote may be repeated. What is polled is asked for once at a time. */
const callLimitMs = 30_000

type Settings = With<"image" | "cluster" | "workloads">

/** The real world for a deploy. Nothing of it can read a secret's value. */
export async function makeDeployPorts(settings: Settings, talk: CommandTalk): Promise<DeployPorts> {
  const [aws, kubernetes, node] = await Promise.all([
    awsPorts(settings, talk),
    import("../adapters/kubernetes/cluster.ts"),
    nodePorts(),
  ])
  const activity = new CurrentActivity()
  const { kubeconfigAccess } = await import("../adapters/kubernetes/kubeconfig.ts")
  const access = await accessOf(settings.cluster, {
    kubeconfig: (context) => kubeconfigAccess(context, process.env, talk),
    eks: aws.eks,
  })
  const cluster = new kubernetes.KubernetesCluster(access, settings.cluster.namespace, { talk, activity })
  return { ...aws.ports, ...node, cluster, talk, random: Math.random }
}

async function awsPorts({ region, profile }: Settings, talk: CommandTalk) {
  const settings = {
    environment: process.env,
    // What the environment chooses outright, as a build or a pod does, counts before the laptop's profile.
    profile: process.env["AWS_ACCESS_KEY_ID"] || process.env["AWS_PROFILE"] ? null : profile,
    region,
    allowInstanceRole: false,
    talk,
    activity: new CurrentActivity(),
    remainingMs: () => callLimitMs,
  }
  const [
    { Credentials },
    { AwsAccountService },
    { AwsBuilder },
    { AwsLogTail },
    { AwsRegistry },
    { eksAccess },
  ] = await Promise.all([
    import("../adapters/aws/credentials.ts"),
    import("../adapters/aws/account.ts"),
    import("../adapters/aws/builder.ts"),
    import("../adapters/aws/log-tail.ts"),
    import("../adapters/aws/registry.ts"),
    import("../adapters/aws/eks.ts"),
  ])
  const credentials = new Credentials(settings)
  return {
    ports: {
      account: new AwsAccountService(settings, credentials),
      builder: new AwsBuilder(settings, credentials),
      logTail: new AwsLogTail(settings, credentials),
      registry: new AwsRegistry(settings, credentials),
    },
    eks: (name: string) => eksAccess(name, region ?? "", settings, credentials),
  }
}

async function nodePorts() {
  const [{ nodeTimer }, { gitRepository }] = await Promise.all([
    import("../adapters/node/timer.ts"),
    import("../adapters/node/git.ts"),
  ])
  return { timer: nodeTimer, repository: gitRepository, clock: { now: () => new Date() } }
}
