import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import type { Lease, Workload } from "../../core/kubernetes.ts"
import { type Images, workloadText } from "../../core/workload.ts"
import { type Judgement, judge, patienceMs, type Sightings } from "../../deploy/core/judge.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import { unpullable } from "../../deploy/core/pod-trouble.ts"
import { describes, type Release, readReleases } from "../../deploy/core/release.ts"
import { type Assessment, assess, pullsIn } from "../../deploy/core/rollout.ts"
import { type SecretStatus, sealedSecret } from "../../deploy/core/sealed-secret.ts"
import type { Verdict } from "../../deploy/core/verdict.ts"
import { obstacles } from "../../deploy/run/check.ts"
import { liveImages } from "../../deploy/run/containers.ts"
import { holderOf } from "../../deploy/run/lock.ts"
import type { ClusterView } from "../../ports/cluster.ts"
import type { EnvironmentStatus, LockStatus, RolloutStatus, WorkloadStatus } from "../core/status.ts"

/** All that was found out of an environment. */
export interface Knowledge {
  /** As it was last seen; `null` when it never was. */
  readonly view: ClusterView | null
  readonly lease: Lease | null
  readonly secrets: readonly SecretStatus[]
  /** When builds began, by their ids: RFC 3339. */
  readonly builtAt: Readonly<Record<string, string>>
  readonly failures: readonly DeployFailure[]
}

/** When the troubles of each workload were first seen, by the workload's text. */
export type AllSightings = Readonly<Record<string, Sightings>>

export interface Summary {
  readonly status: EnvironmentStatus
  readonly sightings: AllSightings
}

/** At a first look nobody knows since when a trouble is there. It counts as one that lasts. */
const lastingMs = Math.max(...Object.values(patienceMs))

/**
 * Puts together what is known of an environment.
 *
 * @param before what the summary before had; `null` for the first one.
 * @param nowMs milliseconds, by the clock of the one who looks.
 */
export function summarize(
  settings: EnvironmentSettings,
  known: Knowledge,
  before: AllSightings | null,
  nowMs: number,
): Summary {
  const { view } = known
  const looks = view === null ? [] : settings.workloads.map((wanted) => lookAt(wanted, settings, view))
  const nowhere = unpullable(looks.flatMap(({ assessment }) => pullsIn(assessment)))
  const found = looks.map((look) => {
    const judged = (sightings: Sightings, atMs: number) => judge(look.assessment, sightings, atMs, nowhere)
    const sightings =
      before === null ? judged({}, nowMs - lastingMs).sightings : (before[look.workload] ?? {})
    return summarizeWorkload(look, known, judged(sightings, nowMs))
  })
  const workloads = found.map(({ status }) => status)
  const images = new Set(workloads.flatMap((one) => Object.values(one.images)))
  const mixed = images.size > 1
  const wrong = mixed || workloads.some(isWrong)
  const status: EnvironmentStatus = {
    environment: settings.name,
    app: settings.app,
    cluster: settings.cluster?.context ?? settings.cluster?.eks ?? "",
    namespace: settings.cluster?.namespace ?? "",
    ok: wrong ? false : known.failures.length === 0 ? true : null,
    workloads,
    mixed,
    secrets: known.secrets,
    lock: lockOf(known.lease),
    failures: known.failures,
  }
  // What is not seen for a while keeps its times.
  const sightings = view === null ? (before ?? {}) : Object.fromEntries(found.map(({ entry }) => entry))
  return { status, sightings }
}

/** What does not pass by itself. */
function isWrong({ release, secret, rollout }: WorkloadStatus): boolean {
  return (
    release === null || secret.state === "stale" || rollout.state === "failed" || rollout.state === "missing"
  )
}

/** A workload as it was last seen. */
interface Look {
  /** Its text. */
  readonly workload: string
  /** `null` when it is not there. */
  readonly live: Workload | null
  readonly images: Images
  readonly assessment: Assessment
}

function lookAt(wanted: WorkloadSettings, settings: EnvironmentSettings, view: ClusterView): Look {
  const live =
    view.workloads.find(({ kind, metadata }) => kind === wanted.kind && metadata.name === wanted.name) ?? null
  const images = live === null ? {} : liveImages(wanted, live, settings)
  const generation = live?.metadata.generation ?? 0
  const assessment = assess(live, view, { images, generation, staleDeadline: null })
  return { workload: workloadText(wanted), live, images, assessment }
}

function summarizeWorkload(
  { workload, live, images }: Look,
  { secrets, builtAt }: Knowledge,
  { verdict, sightings }: Judgement,
): { readonly status: WorkloadStatus; readonly entry: readonly [string, Sightings] } {
  const release = releaseOf(live, images)
  const status = {
    workload,
    images,
    release,
    builtAt: builtAt[release?.build ?? ""] ?? null,
    secret: sealedSecret(release?.secretVersion, secrets),
    rollout: rolloutOf(verdict, live),
  }
  return { status, entry: [workload, sightings] }
}

/** What the workload's record says of these images. What an older entry knows of the same images holds for them too. */
function releaseOf(workload: Workload | null, images: Images): Release | null {
  const releases = readReleases(workload?.metadata.annotations)
  const [newest] = releases
  if (newest === undefined || Object.keys(images).length === 0 || !describes(newest, images)) return null
  const built = releases.find((release) => release.build !== undefined && describes(release, images))
  const { build, commit, secretVersion, sealedAt, code } = built ?? {}
  return {
    ...(build === undefined ? {} : { build }),
    ...(commit === undefined ? {} : { commit }),
    ...(secretVersion === undefined ? {} : { secretVersion }),
    ...(sealedAt === undefined ? {} : { sealedAt }),
    ...(code === undefined ? {} : { code }),
    ...newest,
  }
}

function rolloutOf(verdict: Verdict, workload: Workload | null): RolloutStatus {
  const { counts } = verdict
  const nothing = { counts, waitsFor: null, note: null, troubles: [] }
  switch (verdict.type) {
    case "done":
      return { ...nothing, state: "done", note: verdict.note }
    case "progressing": {
      const { waitsFor, troubles } = verdict
      const [obstacle] = workload === null ? [] : obstacles(workload)
      return { ...nothing, state: "progressing", waitsFor, troubles, note: obstacle?.[1] ?? null }
    }
    case "doomed":
      return { ...nothing, state: "failed", troubles: [verdict.trouble] }
    case "foreign":
    case "gone":
      return { ...nothing, state: "missing" }
  }
}

function lockOf(lease: Lease | null): LockStatus | null {
  if (lease === null || !lease.spec.holderIdentity) return null
  const { acquireTime = null, renewTime = null } = lease.spec
  return { holder: holderOf(lease), since: acquireTime, renewedAt: renewTime }
}
