import type { EnvironmentSettings } from "../../config/settings.ts"
import type { BuildProject } from "../../core/build.ts"
import type { Workload } from "../../core/kubernetes.ts"
import type { CallerIdentity } from "../../ports/account.ts"
import type { Right } from "../../ports/cluster.ts"
import type { KeyDescription } from "../../ports/key-inspector.ts"
import type { RepositoryDescription } from "../../ports/registry.ts"
import type { SecretDescription } from "../../ports/secret-inspector.ts"
import { scopeOf } from "../deploy/request.ts"
import { rightsOf } from "../deploy/rights.ts"
import { judgeAccount, judgeClock } from "./account.ts"
import { judgeCluster, judgeRights, judgeServer, type Reached } from "./cluster.ts"
import { type Fact, learn, unasked } from "./fact.ts"
import { type Finding, of, type Subject } from "./finding.ts"
import { after } from "./judging.ts"
import { judgeKey, keySubjects, sealingKeys } from "./key.ts"
import { findManifests } from "./manifests.ts"
import type { DeployerPorts } from "./ports.ts"
import { type AtHand, judgeProject, projectSubjects } from "./project.ts"
import { judgeRepository, repositoryName, repositorySubjects } from "./repository.ts"
import { readText } from "./repository-text.ts"
import { judgeSecret, secretSubjects, secretsOf } from "./secret.ts"
import {
  judgeServiceAccount,
  type ServiceAccountFacts,
  serviceAccountNames,
  serviceAccountSubjects,
} from "./service-account.ts"
import { judgeSettings } from "./settings.ts"
import { judgeWorkload, type ManifestPaths, workloadSubjects } from "./workload.ts"

/** All that is learned as the one who deploys. Lists are in the order of the settings. */
export interface DeployerFacts {
  readonly platform: string
  readonly caller: Fact<CallerIdentity>
  readonly aheadMs: number | null
  readonly project: Fact<BuildProject | null>
  readonly repository: Fact<RepositoryDescription | null>
  readonly keys: readonly Fact<KeyDescription | null>[]
  readonly secrets: readonly Fact<SecretDescription | null>[]
  readonly cluster: ClusterFacts
  readonly atHand: AtHand
  readonly manifests: ManifestPaths
}

/** What is learned of the cluster. Without one that answers, nothing of it is asked. */
export interface ClusterFacts {
  readonly reached: Fact<Reached>
  readonly missing: Fact<readonly Right[]>
  readonly workloads: readonly Fact<Workload | null>[]
  readonly serviceAccounts: readonly ServiceAccountFacts[]
}

/** Asks for everything at once, and changes nothing. */
export async function learnAsDeployer(
  settings: EnvironmentSettings,
  ports: DeployerPorts,
): Promise<DeployerFacts> {
  const { patience } = ports
  const ask = <T>(what: string, work: () => Promise<T>) => learn(what, patience, work)
  const { project = "" } = settings.build ?? {}
  const { repository = "" } = settings.image ?? {}
  const [caller, projectFact, repositoryFact, keys, secrets, cluster, atHand, manifests] = await Promise.all([
    ask("STS", () => ports.account.whoAmI()),
    settings.build === null
      ? unasked("build is not in envseal.yaml")
      : ask("CodeBuild", () => ports.builder.project(project)),
    settings.image === null
      ? unasked("image is not in envseal.yaml")
      : ask("ECR", () => ports.repositories.describe(repository)),
    Promise.all(sealingKeys(settings).map(({ keyId }) => ask("KMS", () => ports.keys.describe(keyId)))),
    Promise.all(
      secretsOf(settings).map(({ id }) => ask("Secrets Manager", () => ports.secrets.describe(id))),
    ),
    learnCluster(settings, ports),
    learnAtHand(ports),
    findManifests(ports, settings.cluster?.namespace ?? null),
  ])
  const { platform, clock } = ports
  return {
    ...{ platform, caller, aheadMs: clock.aheadMs(), keys, secrets, cluster, atHand },
    ...{ project: projectFact, repository: repositoryFact, manifests },
  }
}

async function learnAtHand({ origin, files }: DeployerPorts): Promise<AtHand> {
  const [url, buildspec] = await Promise.all([origin.origin(), readText(files, "buildspec.yaml")])
  return { origin: url, buildspec }
}

async function learnCluster(settings: EnvironmentSettings, ports: DeployerPorts): Promise<ClusterFacts> {
  const { patience } = ports
  const found = isNameable(settings)
    ? await learn("the cluster", patience, async () => {
        const cluster = await ports.cluster()
        return { cluster, user: await cluster.whoAmI() }
      })
    : unasked("depends on envseal.yaml")
  if (!found.known) {
    const workloads = settings.workloads.map(() => unasked("depends on cluster"))
    return { reached: found, missing: unasked("depends on cluster"), workloads, serviceAccounts: [] }
  }
  const { cluster, user } = found.value
  const [missing, workloads] = await Promise.all([
    learn("the cluster", patience, () => cluster.missingRights(rightsOf(scopeOf(settings)))),
    Promise.all(settings.workloads.map((ref) => learn("the cluster", patience, () => cluster.read(ref)))),
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
  const { name, server } = cluster
  return { reached: { known: true, value: { name, server, user } }, missing, workloads, serviceAccounts }
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

/** Every link as the deployer sees it, from what was learned. */
export function judgeAsDeployer(settings: EnvironmentSettings, facts: DeployerFacts): readonly Finding[] {
  const complete = judgeSettings(settings)
  const clock = judgeClock(facts.aheadMs, facts.platform)
  const account = judgeAccount(settings, facts.caller, clock)
  const caller = facts.caller.known ? facts.caller.value.arn : null
  return [
    complete,
    clock,
    account,
    ...after(account, awsSubjects(settings), () => judgeAws(settings, facts, caller)),
    ...judgeInCluster(settings, facts, account, caller),
  ]
}

function awsSubjects(settings: EnvironmentSettings): readonly Subject[] {
  return [
    ...(settings.build === null ? [] : projectSubjects(settings.build.project)),
    ...(settings.image === null ? [] : repositorySubjects(repositoryName(settings))),
    ...sealingKeys(settings).flatMap(({ keyId }) => keySubjects(keyId)),
    ...secretsOf(settings).flatMap(({ id }) => secretSubjects(id)),
  ]
}

function judgeAws(
  settings: EnvironmentSettings,
  { project, repository, keys, secrets, atHand }: DeployerFacts,
  caller: string | null,
): readonly Finding[] {
  return [
    ...(settings.build === null ? [] : judgeProject(settings, project, caller, atHand)),
    ...(settings.image === null ? [] : judgeRepository(settings, repository)),
    ...sealingKeys(settings).flatMap((key, at) => {
      const description = keys[at]
      return description === undefined ? [] : judgeKey(settings, key, description)
    }),
    ...secretsOf(settings).flatMap((reference, at) => {
      const description = secrets[at]
      return description === undefined ? [] : judgeSecret(settings, reference, description, caller)
    }),
  ]
}

function judgeInCluster(
  settings: EnvironmentSettings,
  facts: DeployerFacts,
  account: Finding,
  caller: string | null,
): readonly Finding[] {
  if (settings.cluster === null) return []
  const { reached, serviceAccounts } = facts.cluster
  const cluster = judgeCluster(settings, reached, account, caller)
  const inside = [
    of("rights"),
    ...settings.workloads.flatMap(workloadSubjects),
    ...serviceAccounts.flatMap(({ name }) => serviceAccountSubjects(name)),
  ]
  return [
    cluster,
    ...after(cluster, [of("cluster.server"), ...inside], () => {
      if (!reached.known) return []
      const server = judgeServer(settings, reached.value)
      // A server that is not pinned is still the one that a deploy would work on.
      const base = server.answer === "no" ? server : cluster
      return [server, ...after(base, inside, () => judgeInside(settings, facts, reached.value))]
    }),
  ]
}

function judgeInside(
  settings: EnvironmentSettings,
  facts: DeployerFacts,
  { user }: Reached,
): readonly Finding[] {
  const { missing, workloads, serviceAccounts } = facts.cluster
  const pins = pinsOf(settings, facts.keys)
  return [
    judgeRights(settings, missing, user),
    ...settings.workloads.flatMap((wanted, at) => {
      const workload = workloads[at]
      return workload === undefined ? [] : judgeWorkload(settings, wanted, workload, pins, facts.manifests)
    }),
    ...serviceAccounts.flatMap((account) => judgeServiceAccount(settings, account)),
  ]
}

/** Which keys pods shall accept: those that the settings pin, or else those that they seal under. */
function pinsOf(
  { kmsKeys }: EnvironmentSettings,
  keys: readonly Fact<KeyDescription | null>[],
): readonly string[] {
  if (kmsKeys.length > 0) return kmsKeys
  return keys.flatMap((key) => (key.known && key.value !== null ? [key.value.arn] : []))
}
