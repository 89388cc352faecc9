import type { With } from "../../config/demand.ts"
import { inOrder } from "../../core/in-order.ts"
import { workloadText } from "../../core/workload.ts"
import type { CommitBook } from "../../ports/commits.ts"
import type { SecretStore } from "../../ports/secrets.ts"
import { type HistoryEntry, historyOf } from "../core/history.ts"
import type { CheckedTarget, DeployFailure } from "../core/plan.ts"
import { resealOrigin } from "../core/reseal-origin.ts"
import { type SealedSecret, type SecretStatus, sealedSecret } from "../core/sealed-secret.ts"
import { type ChangedNames, changedNames } from "./changed-names.ts"
import { checkDeploy } from "./check.ts"
import { currentVersions } from "./current-versions.ts"
import { errorOf } from "./failure.ts"
import { existingImage } from "./image.ts"
import type { FoundTarget } from "./known.ts"
import { holderOf } from "./lock.ts"
import type { Run } from "./performer.ts"
import type { DeployPorts } from "./ports.ts"
import { rehearseChange } from "./rehearsal.ts"
import { homeOf } from "./request.ts"

/** What a deploy would do (docs/deploy.md, "A deploy that changes nothing"). Nothing in it is secret. */
export interface Preview {
  readonly environment: string
  readonly app: string
  /** What the settings call it: a kubeconfig context, or an EKS cluster. */
  readonly cluster: string
  readonly namespace: string
  /** What runs now, newest first: several after a run that was cut short. */
  readonly runs: readonly HistoryEntry[]
  /** `null` for a deploy of an image. */
  readonly build: PlannedBuild | null
  /** By its digest; `null` for a deploy that builds. */
  readonly image: string | null
  readonly hooks: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly workloads: readonly string[]
  /** In the order of the settings: what a build would seal now. */
  readonly secrets: readonly SecretStatus[]
  /** What is sealed in the image that runs. */
  readonly sealed: SealedSecret
  /** Of each secret that changed since; `null` when nobody asked for names. */
  readonly changed: readonly ChangedNames[] | null
  /** Who deploys now; `null` for nobody. */
  readonly lock: string | null
  readonly warnings: readonly string[]
  /** What could not be asked, and why. */
  readonly failures: readonly DeployFailure[]
}

export interface PlannedBuild {
  readonly project: string
  /** The digest of what it reseals instead of building; `null` for a build. */
  readonly reseals: string | null
  /** `null` for what the project itself builds. */
  readonly commit: string | null
  /** Its first line; `null` where the working directory's repository does not know it. */
  readonly subject: string | null
  /** The commit that runs; `null` when that is not known, or there are several. */
  readonly since: string | null
  /** Commits that are new, and commits that are left out; `null` when that is not known. */
  readonly ahead: number | null
  readonly behind: number | null
}

/** What is looked at, beside what a check looks at. Nothing of it changes anything. */
export interface PreviewPorts extends DeployPorts {
  readonly commits: CommitBook
  readonly secretStore: Pick<SecretStore, "currentVersion">
  /** Reads values, for the names that changed; `null` when nobody asked for them. */
  readonly secretReader: Pick<SecretStore, "read"> | null
}

/** A run whose settings have all that a deploy needs. */
export type PreviewedRun = Run & { readonly settings: With<"image" | "cluster" | "workloads"> }

/**
 * Looks at what a deploy would do: all that its check looks at, and what is new in it. Changes nothing and holds no lock.
 *
 * @throws EnvsealError as the deploy would, before it begins.
 */
export async function previewDeploy(
  run: PreviewedRun,
  ports: PreviewPorts,
  signal: AbortSignal,
): Promise<Preview> {
  const { settings, plan, scope } = run
  const warnings: string[] = []
  const log = {
    ...ports.log,
    warn: (text: string) => {
      warnings.push(text)
      ports.log.warn(text)
    },
  }
  const targets = await checkDeploy(run, { ...ports, log })
  const runs = runningReleases(targets)
  const [build, image, { secrets, failures }, lease] = await inOrder([
    plannedBuild(run, targets, runs, ports.commits),
    plannedImage(run, targets, { ...ports, log }, signal),
    currentVersions(settings.secrets, ports.secretStore),
    ports.cluster.readLease(scope.lease),
  ])
  const sealed = sealedSecret(runs[0]?.secretVersion, secrets)
  const { secretReader } = ports
  const names = secretReader === null ? null : await changedNames(secrets, sealed, { secretReader, log })
  const { context, eks, namespace } = settings.cluster
  return {
    environment: settings.name,
    app: settings.app,
    cluster: context ?? eks ?? "",
    namespace,
    runs,
    build,
    image,
    hooks: plan.hooks,
    workloads: targets.map(({ ref }) => workloadText(ref)),
    secrets,
    sealed,
    changed: names?.changed ?? null,
    lock: lease === null || !lease.spec.holderIdentity ? null : holderOf(lease),
    warnings,
    failures: [...failures, ...(names?.failures ?? [])],
  }
}

function runningReleases(targets: readonly CheckedTarget[]): readonly HistoryEntry[] {
  const all = targets.map(({ ref, live, releases }) => ({ workload: workloadText(ref), live, releases }))
  return historyOf(all).filter(({ runsOn }) => runsOn.length > 0)
}

async function plannedBuild(
  run: PreviewedRun,
  targets: readonly CheckedTarget[],
  runs: readonly HistoryEntry[],
  commits: CommitBook,
): Promise<PlannedBuild | null> {
  const { settings } = run
  const planned = plannedCommit(run, targets)
  if (planned === null || settings.build === null) return null
  const { commit, reseals } = planned
  const [since = null, ...others] = new Set(runs.map((release) => release.commit ?? null))
  const base = others.length === 0 ? since : null
  const [subject, distance] = await Promise.all([
    commit === null ? null : commits.subject(commit),
    commit === null || base === null ? null : commits.distance(base, commit),
  ])
  const { ahead = null, behind = null } = distance ?? {}
  return { project: settings.build.project, reseals, commit, subject, since: base, ahead, behind }
}

/** @throws EnvsealError when nothing can be resealed. */
function plannedCommit(
  { plan: { start, environment } }: PreviewedRun,
  targets: readonly CheckedTarget[],
): { readonly commit: string | null; readonly reseals: string | null } | null {
  if (start.type === "build") return { commit: start.commit, reseals: null }
  if (start.type !== "reseal") return null
  const found = resealOrigin(targets, environment, false)
  if (found.type === "none") throw errorOf(found.failure)
  return { commit: found.origin.commit, reseals: found.origin.digest }
}

/** The image that exists, which the cluster is asked to try as the deploy would ask it. */
async function plannedImage(
  { plan, settings, by, token }: PreviewedRun,
  targets: readonly FoundTarget[],
  ports: DeployPorts,
  signal: AbortSignal,
): Promise<string | null> {
  if (plan.start.type !== "image") return null
  const release = await existingImage(plan.start.image, settings.image, ports, signal)
  const author = {
    home: homeOf(settings),
    by,
    run: token,
    after: null,
    mixed: false,
    unproven: new Set<string>(),
    now: ports.clock.now(),
  }
  await rehearseChange(targets, release, author, ports.cluster)
  return release.image
}
