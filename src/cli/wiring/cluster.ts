import type { With } from "../../config/demand.ts"
import type { ClusterSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { isServerAt } from "../../core/server-address.ts"
import type {
  Cluster,
  ClusterAccess,
  NamespaceReader,
  WorkloadLister,
  WorkloadWatcher,
} from "../../ports/cluster.ts"
import { CurrentActivity } from "../activity.ts"
import type { CommandLog } from "../log.ts"
import type { AwsAccess } from "./aws.ts"

/**
 * The cluster of an environment, by a kubeconfig or, on EKS, without one.
 *
 * @throws EnvsealError as the ways to a cluster do.
 */
export async function connectCluster(
  { region, cluster }: With<"cluster">,
  aws: AwsAccess,
  log: CommandLog,
): Promise<Cluster & NamespaceReader> {
  const [{ KubernetesCluster }, { kubeconfigAccess }, { runBoundedProgram }, { eksAccess }] =
    await Promise.all([
      import("../../adapters/kubernetes/cluster.ts"),
      import("../../adapters/kubernetes/kubeconfig.ts"),
      import("../../adapters/node/bounded-program.ts"),
      import("../../adapters/aws/eks.ts"),
    ])
  const access = await accessOf(cluster, {
    kubeconfig: (context) =>
      kubeconfigAccess(context, { environment: process.env, log, run: runBoundedProgram }),
    eks: (name) => eksAccess(name, region ?? "", aws.settings, aws.credentials),
  })
  return new KubernetesCluster(access, cluster.namespace, { log, activity: new CurrentActivity() })
}

/**
 * The cluster of a kubeconfig's context, as a whole.
 *
 * @param context `null` for the current one.
 * @throws EnvsealError `KUBECONFIG_MALFORMED`.
 */
export async function connectContext(
  context: string | null,
  log: CommandLog,
): Promise<WorkloadLister & WorkloadWatcher> {
  const [{ KubernetesCluster }, { kubeconfigAccess }, { runBoundedProgram }] = await Promise.all([
    import("../../adapters/kubernetes/cluster.ts"),
    import("../../adapters/kubernetes/kubeconfig.ts"),
    import("../../adapters/node/bounded-program.ts"),
  ])
  const access = await kubeconfigAccess(context, { environment: process.env, log, run: runBoundedProgram })
  return new KubernetesCluster(access, "", { log, activity: new CurrentActivity() })
}

/** The two ways to a cluster. */
export interface ClusterWays {
  kubeconfig(context: string): Promise<ClusterAccess>
  eks(name: string): Promise<ClusterAccess>
}

/**
 * The way to the cluster of an environment. With both a context and the name of an EKS cluster, the context leads
 * there, and must be that cluster: everybody names contexts as they like. A tunnel is that cluster when its other end
 * must show the certificate of the cluster's endpoint.
 *
 * @throws EnvsealError `WRONG_CLUSTER`, and what the ways throw.
 */
export async function accessOf(
  { context, eks }: Pick<ClusterSettings, "context" | "eks">,
  ways: ClusterWays,
): Promise<ClusterAccess> {
  if (context === null) return ways.eks(eks ?? "")
  if (eks === null) return ways.kubeconfig(context)
  const [byContext, byName] = await Promise.all([ways.kubeconfig(context), ways.eks(eks)])
  const { server, insecure, tlsServerName } = byContext
  if (isServerAt(byName.server, { server, serverName: insecure ? null : tlsServerName })) return byContext
  throw new EnvsealError(
    "WRONG_CLUSTER",
    `the kubeconfig context ${context} is ${server}, and the EKS cluster ${eks} is ${byName.server}`,
    {
      hint: `for a tunnel, set tls-server-name of the context's cluster to ${new URL(byName.server).hostname}; else make the context again: aws eks update-kubeconfig --name ${eks} --alias ${context}`,
    },
  )
}
