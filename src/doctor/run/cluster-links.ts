import type { EnvironmentSettings } from "../../config/settings.ts"
import type { Workload } from "../../core/kubernetes.ts"
import { scopeOf } from "../../deploy/run/request.ts"
import { rightsOf } from "../../deploy/run/rights.ts"
import type { Right } from "../../ports/cluster.ts"
import { judgeNamespace, judgeReaching, judgeRights, judgeServer, type Reached } from "../core/cluster.ts"
import { type EksFacts, entriesSubject, judgeEks } from "../core/eks.ts"
import { after, type Fact, learn, unasked } from "../core/fact.ts"
import { type Finding, of } from "../core/finding.ts"
import {
  judgeServiceAccount,
  type ServiceAccountFacts,
  serviceAccountNames,
  serviceAccountSubjects,
} from "../core/service-account.ts"
import { judgeWorkload, type ManifestPaths, workloadSubjects } from "../core/workload.ts"
import type { DeployerPorts } from "./ports.ts"

/** What is learned of the cluster. Without one that answers, nothing of it is asked. */
export interface ClusterFacts {
  readonly reached: Fact<Reached>
  readonly namespace: Fact<boolean>
  readonly missing: Fact<readonly Right[]>
  readonly workloads: readonly Fact<Workload | null>[]
  readonly serviceAccounts: readonly ServiceAccountFacts[]
  /** `null` for a cluster that has no name in EKS, or does not answer. */
  readonly eks: EksFacts | null
}

/** What the links in the cluster are judged by, beside what was learned of it. */
export interface Around {
  readonly account: Finding
  /** ARN of who asks; `null` when it is not known. */
  readonly caller: string | null
  /** ARNs of the keys that pods accept; none when they are not known. */
  readonly pins: readonly string[]
  readonly manifests: ManifestPaths
}

/** Asks the cluster for everything at once, once it has answered. */
export async function learnCluster(
  settings: EnvironmentSettings,
  ports: DeployerPorts,
): Promise<ClusterFacts> {
  const { patience } = ports
  const found = isNameable(settings)
    ? await learn("the cluster", patience, async () => {
        const cluster = await ports.cluster()
        return { cluster, user: await cluster.whoAmI() }
      })
    : unasked("depends on envseal.yaml")
  if (!found.known) {
    const workloads = settings.workloads.map(() => unasked("depends on cluster"))
    const missing = unasked("depends on cluster")
    return { reached: found, namespace: missing, missing, workloads, serviceAccounts: [], eks: null }
  }
  const { cluster, user } = found.value
  const [namespace, missing, workloads, eks] = await Promise.all([
    learn("the cluster", patience, () => cluster.hasNamespace()),
    learn("the cluster", patience, () => cluster.missingRights(rightsOf(scopeOf(settings)))),
    Promise.all(settings.workloads.map((ref) => learn("the cluster", patience, () => cluster.read(ref)))),
    learnEks(settings, ports),
  ])
  const names = serviceAccountNames(
    workloads.flatMap((one) => (one.known && one.value !== null ? [one.value] : [])),
  )
  const serviceAccounts = await Promise.all(
    names.map(async (name): Promise<ServiceAccountFacts> => {
      const [account, association] = await Promise.all([
        learn("the cluster", patience, () => cluster.serviceAccount(name)),
        learnAssociation(settings, ports, name),
      ])
      return { name, account, association }
    }),
  )
  const { name, server, serverName } = cluster
  return {
    reached: { known: true, value: { name, server, serverName, user } },
    namespace,
    missing,
    workloads,
    serviceAccounts,
    eks,
  }
}

async function learnEks(
  { cluster }: EnvironmentSettings,
  { podIdentities, patience }: DeployerPorts,
): Promise<EksFacts | null> {
  const eks = cluster?.eks ?? null
  if (eks === null) return null
  const [setup, agent] = await Promise.all([
    learn("EKS", patience, () => podIdentities.setup(eks)),
    learn("EKS", patience, () => podIdentities.agent(eks)),
  ])
  return { setup, agent }
}

/** Whether the settings say where the cluster is. */
function isNameable({ cluster, region }: EnvironmentSettings): boolean {
  return cluster !== null && (cluster.eks === null || region !== null)
}

async function learnAssociation(settings: EnvironmentSettings, ports: DeployerPorts, name: string) {
  const { eks, namespace } = settings.cluster ?? { eks: null, namespace: "" }
  if (eks === null) return unasked("it has no annotation of IRSA, and cluster.eks is not in envseal.yaml")
  return learn("EKS", ports.patience, () => ports.podIdentities.find(eks, namespace, name))
}

/** Every link in the cluster. */
export function judgeCluster(
  settings: EnvironmentSettings,
  facts: ClusterFacts,
  around: Around,
): readonly Finding[] {
  if (settings.cluster === null) return []
  const { reached, serviceAccounts } = facts
  const cluster = judgeReaching(settings, reached, around.account, around.caller)
  const inside = [
    of("rights"),
    ...(settings.cluster.eks === null ? [] : [entriesSubject]),
    ...settings.workloads.flatMap(workloadSubjects),
    ...serviceAccounts.flatMap(({ name }) => serviceAccountSubjects(name)),
  ]
  const namespace = of("namespace", settings.cluster.namespace)
  return [
    cluster,
    ...after(cluster, [of("cluster.server"), namespace, ...inside], () => {
      if (!reached.known) return []
      const server = judgeServer(settings, reached.value)
      // A server that is not pinned is still the one that a deploy would work on.
      const base = server.answer === "no" ? server : cluster
      return [
        server,
        ...after(base, [namespace, ...inside], () => {
          const exists = judgeNamespace(settings, facts.namespace)
          // Who may not look at it can still be allowed all that is in it.
          const found = exists.answer === "no" ? exists : cluster
          return [exists, ...after(found, inside, () => judgeInside(settings, facts, around, reached.value))]
        }),
      ]
    }),
  ]
}

function judgeInside(
  settings: EnvironmentSettings,
  { missing, workloads, serviceAccounts, eks }: ClusterFacts,
  { pins, manifests }: Around,
  { user }: Reached,
): readonly Finding[] {
  return [
    judgeRights(settings, missing, user),
    ...(eks === null ? [] : judgeEks(settings, eks, serviceAccounts)),
    ...settings.workloads.flatMap((wanted, at) => {
      const workload = workloads[at]
      return workload === undefined ? [] : judgeWorkload(settings, wanted, workload, pins, manifests)
    }),
    ...serviceAccounts.flatMap((account) => judgeServiceAccount(settings, account)),
  ]
}
