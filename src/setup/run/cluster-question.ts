import type { Choice } from "../../ports/asker.ts"
import { flags, grammars } from "../core/answer-grammar.ts"
import type { GivenAnswers, InitAnswers } from "../core/answers.ts"
import { eksClusterOf } from "../core/eks-context.ts"
import type { Interview } from "./interview.ts"
import type { FoundRepository } from "./repository-look.ts"

type Cluster = Pick<InitAnswers, "eks" | "clusterContext">

/** The cluster, by its name at EKS or by a context of the kubeconfig. */
export async function askCluster(
  { eks, clusterContext }: GivenAnswers,
  around: FoundRepository,
  interview: Interview,
): Promise<Cluster> {
  const question = { flag: flags.eks, message: "Name of the EKS cluster", grammar: grammars.eks }
  const context = { flag: flags.clusterContext, grammar: grammars.clusterContext }
  if (eks !== undefined || clusterContext !== undefined) {
    return {
      eks: eks === undefined ? null : interview.take(eks, question),
      clusterContext: clusterContext === undefined ? null : interview.take(clusterContext, context),
    }
  }
  const chosen = await interview.choose("Cluster", clusterChoices(around.contexts))
  if (chosen?.startsWith("context:")) return { eks: null, clusterContext: chosen.slice("context:".length) }
  if (chosen?.startsWith("eks:")) return { eks: chosen.slice("eks:".length), clusterContext: null }
  const suggestion = onlyCluster(around.contexts)
  return { eks: await interview.answer(undefined, { ...question, suggestion }), clusterContext: null }
}

function clusterChoices(contexts: readonly string[]): Choice<string>[] {
  const known = contexts.map((context) => {
    const cluster = eksClusterOf(context)
    return cluster === null
      ? { name: `${context}, by the kubeconfig`, value: `context:${context}` }
      : { name: `${cluster.name}, of EKS in ${cluster.region}`, value: `eks:${cluster.name}` }
  })
  return [...known, { name: "another one of EKS", value: "other" }]
}

/** The cluster of a kubeconfig that has no other context. */
function onlyCluster(contexts: readonly string[]): string | null {
  const [first, ...others] = contexts
  return first === undefined || others.length > 0 ? null : (eksClusterOf(first)?.name ?? null)
}

/** Where a cluster is by the kubeconfig, or else a repository by its name. */
export function clusterPlaceOf(
  eks: string | null,
  { repository }: GivenAnswers,
  { contexts, region }: FoundRepository,
) {
  const clusters = contexts.flatMap((context) => eksClusterOf(context) ?? [])
  const [cluster, ...others] = clusters.filter(({ name }) => name === eks)
  if (cluster !== undefined && others.length === 0) return cluster
  const [, account = null, where = null] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/.exec(repository ?? "") ?? []
  return { account, region: where ?? region }
}
