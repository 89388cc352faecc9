import type { Build } from "../../../src/core/build.ts"
import type {
  ContainerStatus,
  CronJob,
  DaemonSet,
  Deployment,
  Pod,
  PodTemplate,
  StatefulSet,
} from "../../../src/core/kubernetes.ts"
import { type Images, type WorkloadKind, workloadText } from "../../../src/core/workload.ts"
import type { View } from "../../../src/deploy/core/event.ts"
import { failure, type Plan, type ReleaseImage } from "../../../src/deploy/core/plan.ts"
import type { ResealOrigin } from "../../../src/deploy/core/reseal-origin.ts"
import { type DeployState, initialState, type Phase, type Target } from "../../../src/deploy/core/state.ts"

export const repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop"
export const oldImage = `${repository}@sha256:${"0".repeat(64)}`
export const newImage = `${repository}@sha256:${"1".repeat(64)}`
export const otherImage = `${repository}@sha256:${"2".repeat(64)}`

export const release: ReleaseImage = {
  image: newImage,
  build: "shop:1",
  commit: null,
  secretVersion: null,
  sealedAt: null,
}

/** What runs, to be resealed. */
export const origin: ResealOrigin = {
  digest: `sha256:${"0".repeat(64)}`,
  commit: null,
  code: `sha256:${"0".repeat(64)}`,
}

export const nowhere: View = { workloads: [], replicaSets: [], pods: [] }

/** It may pass. */
export const broken = failure("REMOTE_FAILED", "it broke")
/** It does not pass. */
export const refused = failure("PATCH_REFUSED", "it was refused")

export function plan(change: Partial<Plan> = {}): Plan {
  return {
    environment: "production",
    start: { type: "build", commit: null, detach: false },
    hooks: { before: [], after: [] },
    rollback: true,
    pollMs: null,
    limits: { buildMs: 3_600_000, stallMs: 600_000, settleMs: 0, silenceMs: 600_000 },
    ...change,
  }
}

/** A build that runs, but for what is changed. */
export function build(change: Partial<Build> = {}): Build {
  return {
    id: "shop:1",
    project: "shop",
    number: 1,
    status: "IN_PROGRESS",
    complete: false,
    currentPhase: "BUILD",
    phases: [],
    startedAtMs: 0,
    endedAtMs: null,
    commit: null,
    exported: {},
    log: { type: "pending" },
    url: null,
    retriedAs: null,
    retriesLeft: 0,
    batch: false,
    reseals: null,
    ...change,
  }
}

export function ended(status: Build["status"], change: Partial<Build> = {}): Build {
  return build({ status, complete: true, currentPhase: "COMPLETED", endedAtMs: 60_000, ...change })
}

export function target(
  change: Partial<Target> = {},
  kind: WorkloadKind = "Deployment",
  name = "web",
): Target {
  const ref = { kind, name }
  return {
    ref,
    text: workloadText(ref),
    stage: "untouched",
    live: { app: oldImage },
    releases: [],
    before: { app: oldImage },
    to: { app: newImage },
    wanted: { images: { app: newImage }, generation: 2, staleDeadline: null },
    verdict: null,
    sightings: {},
    best: 0,
    sinceMs: 0,
    movedAtMs: 0,
    most: 0,
    readySinceMs: null,
    provenAtMs: null,
    deaths: [],
    pastDeaths: null,
    stands: [],
    ending: 0,
    deleted: [],
    jobs: [],
    stuckBy: null,
    again: null,
    ...change,
  }
}

export type PhaseName = Phase["name"]

const poll = { dueMs: 0, asked: 1, throttled: 0, silentSinceMs: null }
const failed = { type: "failed", failure: broken, trouble: null, clues: null } as const
const rolling = { name: "rolling", hooked: false } as const
const phases: { readonly [N in PhaseName]: Phase } = {
  checking: { name: "checking", ask: 1 },
  locking: { name: "locking", sinceMs: 0 },
  starting: { name: "starting" },
  building: { name: "building", id: "shop:1", sinceMs: 0, poll },
  draining: { name: "draining", failure: broken, untilMs: 10_000 },
  imaging: { name: "imaging", from: newImage },
  judging: { name: "judging", release, origin },
  confirming: { name: "confirming", next: { name: "patching" }, sinceMs: 1, seenMs: 1 },
  hook: { name: "hook", when: "before", index: 0 },
  patching: { name: "patching" },
  rolling,
  examining: { name: "examining", untilMs: 10_000, from: rolling },
  restoring: { name: "restoring", from: null },
  reverting: { name: "reverting" },
  proving: {
    name: "proving",
    left: ["deployment/web"],
    asked: ["deployment/web"],
    sinceMs: 0,
    dueMs: Number.POSITIVE_INFINITY,
  },
  leaving: { name: "leaving", build: "shop:1", untilMs: 3_000 },
  stopping: { name: "stopping", build: "shop:1", untilMs: 15_000 },
  closing: { name: "closing", ending: failed, untilMs: 10_000 },
  ended: { name: "ended", ending: failed },
}

export const phaseNames = Object.keys(phases).filter((name): name is PhaseName => name in phases)

const stages: Partial<Record<PhaseName, Target["stage"]>> = {
  patching: "patching",
  rolling: "forward",
  examining: "forward",
  restoring: "restoring",
  reverting: "back",
  proving: "forward",
}

/** A run with one Deployment, somewhere on its way; from `starting` on it has the lock. */
export function stateIn(name: PhaseName, change: Partial<DeployState> = {}): DeployState {
  const early = name === "checking" || name === "locking"
  const goesBack = ["examining", "restoring", "reverting"].includes(name)
  const stage = stages[name] ?? "untouched"
  const images = stage === "back" ? { app: oldImage } : { app: newImage }
  const wanted = { images, generation: 2, staleDeadline: null }
  const hooks = { before: name === "hook" ? ["migrate"] : [], after: [] }
  return {
    ...initialState(plan({ hooks })),
    phase: phases[name],
    lock: {
      status: early || name === "ended" ? (name === "locking" ? "asked" : "none") : "held",
      renewAfterMs: 20_000,
      renewAtMs: 20_000,
      keptAtMs: name === "confirming" ? null : 0,
      renewing: [],
      lostTo: null,
    },
    release,
    targets: name === "checking" ? [] : [target({ stage, wanted })],
    setback: goesBack ? { failure: broken, trouble: null, clues: null } : null,
    ...change,
  }
}

/** The same run at a later time of its clock, which it spent awake and without an event. */
export function awakeUntil(state: DeployState, atMs: number): DeployState {
  const passedMs = Math.max(0, atMs - state.atMs)
  return { ...state, atMs: state.atMs + passedMs, nowMs: state.nowMs + passedMs }
}

export function template(images: Images): PodTemplate {
  const readinessProbe = { httpGet: { path: "/ready" } }
  return {
    spec: { containers: Object.entries(images).map(([name, image]) => ({ name, image, readinessProbe })) },
  }
}

function metadata(name: string, generation = 2) {
  return { name, uid: `uid-${name}`, resourceVersion: "1", generation }
}

/** A Deployment whose rollout to the new image is done. */
export function deployment(replicas = 2, status: Deployment["status"] = {}, image = newImage): Deployment {
  return {
    kind: "Deployment",
    metadata: metadata("web"),
    spec: { replicas, template: template({ app: image }) },
    status: {
      observedGeneration: 2,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      ...status,
    },
  }
}

export function statefulSet(replicas = 2, status: StatefulSet["status"] = {}): StatefulSet {
  return {
    kind: "StatefulSet",
    metadata: metadata("web"),
    spec: { replicas, template: template({ app: newImage }) },
    status: {
      observedGeneration: 2,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      currentRevision: "b",
      updateRevision: "b",
      ...status,
    },
  }
}

export function daemonSet(desired = 2, status: DaemonSet["status"] = {}): DaemonSet {
  return {
    kind: "DaemonSet",
    metadata: metadata("web"),
    spec: { template: template({ app: newImage }) },
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: desired,
      updatedNumberScheduled: desired,
      numberReady: desired,
      numberAvailable: desired,
      ...status,
    },
  }
}

export function cronJob(suspend = false, image = newImage): CronJob {
  const spec = { suspend, jobTemplate: { spec: { template: template({ app: image }) } } }
  return { kind: "CronJob", metadata: metadata("web"), spec }
}

export interface PodChange {
  readonly image?: string
  readonly ready?: boolean
  readonly ending?: boolean
  readonly phase?: string
  readonly owner?: string
  readonly status?: Partial<ContainerStatus>
  readonly unschedulable?: boolean
  readonly node?: string
}

/** A pod of the workload `web`: of the new image and ready, but for what is changed. */
export function pod(name: string, change: PodChange = {}): Pod {
  const { image = newImage, ready = change.status === undefined, ending = false, owner = "uid-web" } = change
  const place = change.unschedulable === true ? {} : { nodeName: change.node ?? "node-1" }
  const unschedulable = { type: "PodScheduled", status: "False", reason: "Unschedulable" } as const
  return {
    metadata: {
      ...metadata(name),
      ...(ending ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
      ownerReferences: [{ kind: "Any", name: "web", uid: owner, controller: true }],
    },
    spec: { ...template({ app: image }).spec, ...place },
    status: {
      phase: change.phase ?? "Running",
      conditions: [
        { type: "Ready", status: ready ? "True" : "False" },
        ...(change.unschedulable === true ? [unschedulable] : []),
      ],
      containerStatuses: [{ name: "app", ready, restartCount: 0, ...change.status }],
    },
  }
}

/** A container that waits for this reason, having ended before where a status is given. */
export function waits(reason: string, restartCount = 0, exitCode?: number, message = ""): PodChange {
  const lastState = exitCode === undefined ? {} : { lastState: { terminated: { exitCode, message } } }
  return { status: { restartCount, state: { waiting: { reason, message } }, ...lastState } }
}
