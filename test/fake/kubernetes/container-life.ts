import { randomBytes } from "node:crypto"
import { timestamp } from "./clock.ts"
import type { Pace } from "./pace.ts"
import type { Play } from "./play.ts"
import type { Container, ContainerState, ContainerStatus } from "./pod.ts"

/** An event that goes with a step. */
export interface Happening {
  readonly type: "Normal" | "Warning"
  readonly reason: string
  readonly message: string
}

/** What a container comes to, that much later than the step before. */
export interface Step {
  readonly afterMs: number
  readonly next: (status: ContainerStatus, now: number) => ContainerStatus
  readonly happenings?: readonly Happening[]
}

export type ContainerLife = Generator<Step, void>

/** What a container is for: until it ends, until its pod ends, or as the one run of a Job's pod. */
export type Role = "init" | "main" | "task"

/** A container and its surroundings. */
export interface Casting {
  readonly role: Role
  readonly play: Play
  readonly container: Container
  readonly pace: Pace
  /** Of the pod, such as `Always`. */
  readonly restartPolicy: string
}

/** How it all begins. */
export function waitingContainer(container: Container, reason: string): ContainerStatus {
  return {
    name: container.name,
    image: container.image ?? "",
    imageID: "",
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason } },
    lastState: {},
  }
}

/** The life of a container once its pod has a node, and the init containers before it are done. */
export function* lifeOf(casting: Casting): ContainerLife {
  const { role, play } = casting
  if (play.do === "image-pull") yield* failToPull(casting)
  if (play.do === "config-missing") {
    yield* waitForConfig(casting)
    return
  }
  if (crashes(casting)) yield* crash(casting)
  else if (role === "main") yield* serve(casting)
  else yield* work(casting)
}

function crashes({ role, play }: Casting): boolean {
  if (role === "init") return play.do === "init-fail"
  if (role === "task") return ["job-fail", "crash-loop", "crash-once"].includes(play.do)
  return play.do === "crash-loop" || play.do === "crash-once"
}

function* serve({ play, pace }: Casting, after = 0): ContainerLife {
  const startMs = play.startMs ?? (play.do === "slow" ? 10 : 1) * pace.podStartMs
  yield { afterMs: after + startMs * 0.6, next: run }
  if (play.do !== "never-ready") {
    yield { afterMs: startMs * 0.4, next: (status) => ({ ...status, ready: true }) }
    return
  }
  const message = "Readiness probe failed: HTTP probe failed with statuscode: 503"
  for (;;) {
    const happenings = [warning("Unhealthy", message)]
    yield { afterMs: 10 * pace.secondMs, next: (status) => status, happenings }
  }
}

function* work({ play, pace, role }: Casting): ContainerLife {
  const workMs = (role === "task" ? play.startMs : undefined) ?? pace.podStartMs * 0.3
  yield { afterMs: pace.podStartMs * 0.1, next: run }
  yield { afterMs: workMs, next: (status, now) => end(status, now, { exitCode: 0, reason: "Completed" }) }
}

function* crash(casting: Casting): ContainerLife {
  const { play, pace, restartPolicy } = casting
  const { exitCode = 1, reason = "Error", message, runMs = pace.podStartMs * 0.1 } = play
  const fate = { exitCode, reason, ...(message === undefined ? {} : { message }) }
  for (let restarts = 0; ; restarts++) {
    yield { afterMs: [pace.podStartMs * 0.5, pace.secondMs][restarts] ?? 0, next: run }
    if (play.runMs !== undefined) yield { afterMs: 0, next: (status) => ({ ...status, ready: true }) }
    yield { afterMs: runMs, next: (status, now) => end(status, now, fate) }
    if (restartPolicy === "Never") return
    if (play.do === "crash-once") {
      yield* serve(casting, pace.secondMs)
      return
    }
    yield* backOff(casting, restarts)
  }
}

// The kubelet starts a container again soon the first time, then after 10 seconds, 20 and so on, 300 at most.
function* backOff({ container, pace }: Casting, restarts: number): ContainerLife {
  if (restarts === 0) return
  const delayMs = Math.min(300, 10 * 2 ** (restarts - 1)) * pace.secondMs
  const message = `back-off restarting failed container ${container.name}`
  yield {
    afterMs: pace.secondMs,
    next: (status) => ({
      ...status,
      state: { waiting: { reason: "CrashLoopBackOff", message } },
      lastState: status.state,
    }),
    happenings: [warning("BackOff", `Back-off restarting failed container ${container.name} in pod`)],
  }
  yield { afterMs: delayMs, next: (status) => status }
}

function* failToPull(casting: Casting): ContainerLife {
  const { play, pace, container } = casting
  const image = container.image ?? ""
  if (play.reason !== undefined) {
    yield* waitFor(casting, play.reason, play.message ?? `${play.reason}: ${image}`)
    yield* forEver(casting)
  }
  const detail = play.message ?? `failed to pull and unpack image "${image}": not found`
  const error = `rpc error: code = NotFound desc = ${detail}`
  for (let attempt = 0; attempt < (play.count ?? Number.POSITIVE_INFINITY); attempt++) {
    yield {
      afterMs: attempt === 0 ? pace.podStartMs * 0.4 : Math.min(300, 10 * 2 ** (attempt - 1)) * pace.secondMs,
      next: (status) => wait(status, "ErrImagePull", error),
      happenings: [
        warning("Failed", `Failed to pull image "${image}": ${error}`),
        warning("Failed", "Error: ErrImagePull"),
      ],
    }
    const message = `Back-off pulling image "${image}": ErrImagePull: ${error}`
    yield {
      afterMs: pace.secondMs,
      next: (status) => wait(status, "ImagePullBackOff", message),
      happenings: [warning("BackOff", `Back-off pulling image "${image}"`)],
    }
  }
}

function* waitForConfig(casting: Casting): ContainerLife {
  yield* waitFor(
    casting,
    "CreateContainerConfigError",
    casting.play.message ?? 'secret "app-config" not found',
  )
}

function* waitFor({ pace }: Casting, reason: string, message: string): ContainerLife {
  yield {
    afterMs: pace.podStartMs * 0.4,
    next: (status) => wait(status, reason, message),
    happenings: [warning("Failed", `Error: ${message}`)],
  }
}

function* forEver({ pace }: Casting): ContainerLife {
  for (;;) yield { afterMs: 60 * pace.secondMs, next: (status) => status }
}

function wait(status: ContainerStatus, reason: string, message: string): ContainerStatus {
  return { ...status, state: { waiting: { reason, message } } }
}

function run(status: ContainerStatus, now: number): ContainerStatus {
  const { state, restartCount } = status
  const again = status.imageID !== ""
  return {
    ...status,
    imageID: status.image,
    started: true,
    restartCount: again ? restartCount + 1 : restartCount,
    state: { running: { startedAt: timestamp(now) } },
    lastState: state.terminated === undefined ? status.lastState : state,
  }
}

function end(
  status: ContainerStatus,
  now: number,
  fate: { readonly exitCode: number; readonly reason: string; readonly message?: string },
): ContainerStatus {
  const startedAt = status.state.running?.startedAt ?? timestamp(now)
  const containerID = `containerd://${randomBytes(32).toString("hex")}`
  const state: ContainerState = {
    terminated: { ...fate, startedAt, finishedAt: timestamp(now), containerID },
  }
  return { ...status, ready: fate.exitCode === 0, started: false, state }
}

function warning(reason: string, message: string): Happening {
  return { type: "Warning", reason, message }
}
