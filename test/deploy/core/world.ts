import type { Build } from "../../../src/core/build.ts"
import type { Workload } from "../../../src/core/kubernetes.ts"
import { type WorkloadKind, type WorkloadRef, workloadText } from "../../../src/core/workload.ts"
import type { View } from "../../../src/deploy/core/event.ts"
import type { CheckedTarget } from "../../../src/deploy/core/plan.ts"
import { cronJob, daemonSet, deployment, oldImage, type PodChange, pod, statefulSet, waits } from "./scene.ts"

/** A workload of the simulated cluster. Its controller is as simple as can be: pods follow the template. */
export interface LiveWorkload {
  readonly ref: WorkloadRef
  image: string
  generation: number
  observed: number
  replicas: number
  pods: LivePod[]
  /** A CronJob's Job, which cannot start; `null` when there is none. */
  job: LiveJob | null
  foreign: boolean
  gone: boolean
}

export interface LiveJob {
  readonly name: string
  readonly image: string
}

export interface LivePod {
  readonly id: number
  readonly image: string
  readonly bornMs: number
  ready: boolean
  /** The last one of its container, which was started again at once; `null` for none. */
  death: LiveDeath | null
}

export interface LiveDeath {
  /** How often it died. */
  readonly count: number
  readonly startedMs: number
  readonly endedMs: number
}

/** What keeps pods from being ready. */
export interface Troubles {
  /** Images whose containers never run. */
  readonly crashing: ReadonlySet<string>
  /** Images that no node gets. */
  readonly unpullable: ReadonlySet<string>
  /** How long one of the nodes fails to get an image that is new to it, for each pod. */
  readonly flakyMs: number
}

export interface World {
  readonly workloads: readonly LiveWorkload[]
  readonly troubles: Troubles
  nowMs: number
  build: Build | null
  lock: "free" | "ours" | "others"
  /** When the run last renewed its lock, on the server. */
  renewedMs: number
  /** Until when the API server answers nothing. */
  downUntilMs: number
  serial: number
}

export function newWorkload(ref: WorkloadRef, replicas: number): LiveWorkload {
  const pods = Array.from({ length: replicas }, (_, id) => ({
    ...{ id: id - 99, image: oldImage },
    ...{ bornMs: 0, ready: true, death: null },
  }))
  const live = { image: oldImage, generation: 1, observed: 1, replicas, foreign: false, gone: false }
  const isCronJob = ref.kind === "CronJob"
  const job = isCronJob ? { name: `${ref.name}-job-0`, image: oldImage } : null
  return { ref, ...live, pods: isCronJob ? [] : pods, job }
}

/** @param past the image of the release before the one that runs; `null` when none is known. */
export function checkedTarget({ ref, image }: LiveWorkload, past: string | null): CheckedTarget {
  const releases = past === null ? [] : [{ images: { app: image } }, { images: { app: past } }]
  return { ref, live: { app: image }, releases }
}

export function findLive({ workloads }: World, text: string): LiveWorkload {
  const found = workloads.find(({ ref }) => workloadText(ref) === text)
  if (found === undefined) throw new Error(`the world has no ${text}`)
  return found
}

export function setImage(live: LiveWorkload, image: string): void {
  if (live.image === image) return
  live.image = image
  live.generation++
  // Its next time comes at once.
  if (live.ref.kind === "CronJob") live.job ??= { name: `${live.ref.name}-job-${live.generation}`, image }
}

/** One move of a workload's controller: it sees a change, replaces one pod, or a pod gets ready. */
export function advance(world: World, live: LiveWorkload): void {
  if (live.ref.kind === "CronJob" || live.gone) return
  if (live.observed < live.generation) live.observed = live.generation
  else if (live.pods.length > live.replicas) live.pods.pop()
  else if (live.pods.length < live.replicas) live.pods.push(newPod(world, live))
  else moveAPod(world, live)
}

function newPod(world: World, { image }: LiveWorkload): LivePod {
  return { id: world.serial++, image, bornMs: world.nowMs, ready: false, death: null }
}

/** The container of this pod dies, and is started again. */
export function die({ nowMs }: World, pod: LivePod): void {
  const { count, endedMs } = pod.death ?? { count: 0, endedMs: pod.bornMs }
  pod.death = { count: count + 1, startedMs: endedMs, endedMs: nowMs }
  pod.ready = false
}

/** As the kubelet says it. */
function statusOf({ death }: LivePod): PodChange {
  if (death === null) return {}
  const startedAt = new Date(death.startedMs).toISOString()
  const finishedAt = new Date(death.endedMs).toISOString()
  const terminated = { exitCode: 137, reason: "OOMKilled", startedAt, finishedAt }
  return { status: { restartCount: death.count, lastState: { terminated } } }
}

const nodes = 3

/** Pods of one after the other go to one node after the other. */
function nodeOf({ id }: LivePod): number {
  return Math.abs(id) % nodes
}

function lacksImage({ troubles, nowMs }: World, pod: LivePod): boolean {
  if (troubles.unpullable.has(pod.image)) return true
  return pod.image !== oldImage && nodeOf(pod) === 0 && nowMs - pod.bornMs < troubles.flakyMs
}

function hindrance(world: World, live: LivePod): PodChange | null {
  if (live.ready) return null
  if (lacksImage(world, live)) return waits("ImagePullBackOff")
  return world.troubles.crashing.has(live.image) ? waits("CrashLoopBackOff", 3, 1) : null
}

function moveAPod(world: World, live: LiveWorkload): void {
  const waiting = live.pods.find(({ image, ready }) => image === live.image && !ready)
  if (waiting !== undefined) {
    waiting.ready = hindrance(world, waiting) === null
    return
  }
  const old = live.pods.findIndex(({ image }) => image !== live.image)
  if (old >= 0) live.pods.splice(old, 1, newPod(world, live))
}

/** True when every pod of it has the image, and as many are ready as there should be. */
export function isProven(live: LiveWorkload, image: string): boolean {
  if (live.gone || live.image !== image) return false
  if (live.ref.kind === "CronJob") return true
  const ready = live.pods.filter((one) => one.ready).length
  return ready >= live.replicas && live.pods.every((one) => one.image === image)
}

export function viewOf(world: World): View {
  const there = world.workloads.filter(({ gone }) => !gone)
  const pods = there.flatMap((live) =>
    live.pods.map((one) => {
      const { id, image, ready } = one
      const owner = `uid-${live.ref.name}`
      const change = { image, ready, owner, node: `node-${nodeOf(one)}` }
      return pod(`${live.ref.name}-${id}`, { ...(hindrance(world, one) ?? statusOf(one)), ...change })
    }),
  )
  const ofJobs = there.flatMap(({ job }) => {
    if (job === null) return []
    const { name, image } = job
    return [pod(`${name}-x`, { ...waits("CreateContainerConfigError"), image, owner: `uid-${name}` })]
  })
  return { workloads: there.map(objectOf), replicaSets: [], pods: [...pods, ...ofJobs] }
}

const objects: { readonly [K in WorkloadKind]: (live: LiveWorkload) => Workload } = {
  Deployment: (live) => deployment(live.replicas, { observedGeneration: live.observed, ...counts(live) }),
  StatefulSet: (live) => {
    const all = counts(live)
    const same = all.updatedReplicas === live.replicas ? "b" : "a"
    return statefulSet(live.replicas, { observedGeneration: live.observed, ...all, currentRevision: same })
  },
  DaemonSet: (live) => {
    const { updatedReplicas, availableReplicas } = counts(live)
    return daemonSet(live.replicas, {
      observedGeneration: live.observed,
      updatedNumberScheduled: updatedReplicas,
      numberAvailable: availableReplicas,
    })
  },
  CronJob: () => cronJob(),
}

function counts({ pods, image }: LiveWorkload) {
  const readyReplicas = pods.filter(({ ready }) => ready).length
  const updatedReplicas = pods.filter((one) => one.image === image).length
  return { replicas: pods.length, updatedReplicas, readyReplicas, availableReplicas: readyReplicas }
}

function objectOf(live: LiveWorkload): Workload {
  const object = objects[live.ref.kind](live)
  const { name } = live.ref
  const metadata = { ...object.metadata, name, uid: `uid-${name}`, generation: live.generation }
  const template = { spec: { containers: [{ name: "app", image: live.image, readinessProbe: {} }] } }
  if (object.kind === "CronJob") {
    const spec = { concurrencyPolicy: "Forbid", jobTemplate: { spec: { template } } }
    const active = live.job === null ? [] : [{ name: live.job.name, uid: `uid-${live.job.name}` }]
    return { ...object, metadata, spec, status: { active } }
  }
  switch (object.kind) {
    case "Deployment":
      return { ...object, metadata, spec: { ...object.spec, template } }
    case "StatefulSet":
      return { ...object, metadata, spec: { ...object.spec, template } }
    case "DaemonSet":
      return { ...object, metadata, spec: { ...object.spec, template } }
  }
}
