import type { ClusterSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import type { ClusterAccess } from "../../ports/cluster.ts"

/** The two ways to a cluster. */
export interface ClusterWays {
  kubeconfig(context: string): Promise<ClusterAccess>
  eks(name: string): Promise<ClusterAccess>
}

/**
 * The way to the cluster of an environment. With both a context and the name of an EKS cluster, the context leads
 * there, and must be that cluster: names of contexts are everybody's own.
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
  if (hostOf(byContext.server) === hostOf(byName.server)) return byContext
  throw new EnvsealError(
    "WRONG_CLUSTER",
    `the kubeconfig context ${context} is ${byContext.server}, and the EKS cluster ${eks} is ${byName.server}`,
    { hint: `make the context anew: aws eks update-kubeconfig --name ${eks} --alias ${context}` },
  )
}

function hostOf(url: string): string {
  const { host } = new URL(url)
  return host.toLowerCase()
}
