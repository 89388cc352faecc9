import type { EnvironmentSettings } from "../../config/settings.ts"
import type { BuildProject } from "../../core/build.ts"
import type { CallerIdentity } from "../../ports/account.ts"
import type { KeyDescription } from "../../ports/keys.ts"
import type { RepositoryDescription } from "../../ports/registry.ts"
import type { SecretDescription } from "../../ports/secrets.ts"
import { judgeAccount, judgeClock } from "../core/account.ts"
import type { AtHand } from "../core/at-hand.ts"
import { after, type Fact, learn, unasked } from "../core/fact.ts"
import type { Finding, LinkSubject } from "../core/finding.ts"
import { judgeKey, keySubjects, sealingKeys } from "../core/key.ts"
import { grantDeployer } from "../core/policy-remedy.ts"
import { judgeProject, projectSubjects } from "../core/project.ts"
import { judgeImageAccess, judgeRepository, repositoryName, repositorySubjects } from "../core/repository.ts"
import { judgeSecret, secretSubjects, secretsOf } from "../core/secret.ts"
import { judgeSettings } from "../core/settings.ts"
import type { ManifestPaths } from "../core/workload.ts"
import { learnAtHand } from "./at-hand.ts"
import { type ClusterFacts, judgeCluster, learnCluster } from "./cluster-links.ts"
import { learnImageAccess } from "./image-access.ts"
import { findManifests } from "./manifests.ts"
import type { DeployerPorts } from "./ports.ts"

/** All that is learned as the one who deploys. Lists are in the order of the settings. */
export interface DeployerFacts {
  readonly platform: string
  readonly caller: Fact<CallerIdentity>
  readonly aheadMs: number | null
  readonly project: Fact<BuildProject | null>
  readonly repository: Fact<RepositoryDescription | null>
  /** The actions that read images and are denied. */
  readonly denied: Fact<readonly string[]>
  readonly keys: readonly Fact<KeyDescription | null>[]
  readonly secrets: readonly Fact<SecretDescription | null>[]
  readonly cluster: ClusterFacts
  readonly atHand: AtHand
  readonly manifests: ManifestPaths
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
  const asked =
    settings.build === null
      ? unasked("build is not in envseal.yaml")
      : ask("CodeBuild", () => ports.builder.project(project))
  const none = unasked("image is not in envseal.yaml")
  const [caller, projectFact, repositoryFact, denied, keys, secrets, cluster, atHand, manifests] =
    await Promise.all([
      ask("STS", () => ports.account.whoAmI()),
      asked,
      settings.image === null ? none : ask("ECR", () => ports.repositories.describe(repository)),
      settings.image === null ? none : learnImageAccess(repository, ports.images, patience),
      Promise.all(sealingKeys(settings).map(({ keyId }) => ask("KMS", () => ports.keys.describe(keyId)))),
      Promise.all(
        secretsOf(settings).map(({ id }) => ask("Secrets Manager", () => ports.secrets.describe(id))),
      ),
      learnCluster(settings, ports),
      learnAtHand(ports, asked),
      findManifests(ports, settings.cluster?.namespace ?? null),
    ])
  const { platform, clock } = ports
  return {
    ...{ platform, caller, aheadMs: clock.aheadMs(), keys, secrets, cluster, atHand },
    ...{ project: projectFact, repository: repositoryFact, denied, manifests },
  }
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
    ...judgeCluster(settings, facts.cluster, {
      ...{ account, caller, pins: pinsOf(settings, facts.keys), manifests: facts.manifests },
    }),
  ]
}

function awsSubjects(settings: EnvironmentSettings): readonly LinkSubject[] {
  return [
    ...(settings.build === null ? [] : projectSubjects(settings.build.project)),
    ...(settings.image === null ? [] : repositorySubjects(repositoryName(settings))),
    ...sealingKeys(settings).flatMap(({ keyId }) => keySubjects(keyId)),
    ...secretsOf(settings).flatMap(({ id }) => secretSubjects(id)),
  ]
}

function judgeAws(
  settings: EnvironmentSettings,
  { project, repository, denied, keys, secrets, atHand }: DeployerFacts,
  caller: string | null,
): readonly Finding[] {
  return [
    ...(settings.build === null ? [] : judgeProject(settings, project, caller, atHand)),
    ...(settings.image === null
      ? []
      : [
          ...judgeRepository(settings, repository),
          judgeImageAccess(settings, denied, repository, grantDeployer(settings, caller)),
        ]),
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

/** Which keys pods must accept: those that the settings pin, or else those that they seal under. */
function pinsOf(
  { kmsKeys }: EnvironmentSettings,
  keys: readonly Fact<KeyDescription | null>[],
): readonly string[] {
  if (kmsKeys.length > 0) return kmsKeys
  return keys.flatMap((key) => (key.known && key.value !== null ? [key.value.arn] : []))
}
