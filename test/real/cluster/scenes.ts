import type { Play } from "./plays.ts"

/** The state of a container, as the kubelet would report it. */
export type State =
  | { readonly kind: "running" }
  | { readonly kind: "waiting"; readonly reason: string; readonly message: string }
  | Exit

/** The end of a container. */
export interface Exit {
  readonly kind: "terminated"
  readonly exitCode: number
  readonly reason: string
  /** What the container wrote to its termination log. */
  readonly message?: string
}

/** One status of a pod on its way, held until the next scene's delay is over. */
export interface Scene {
  readonly name: string
  /** The scenes that it follows, or none where a pod begins with it. */
  readonly after: readonly string[]
  /** The least and the most milliseconds between the scene before and this one. */
  readonly delayMs: readonly [number, number]
  readonly phase: "Pending" | "Running"
  /** The state of the containers that carry the play's image. All others run. */
  readonly state: State
  /** How the container's run before ended. */
  readonly lastExit?: Exit
  readonly ready: boolean
  /** The container was started once more. */
  readonly restarts?: true
  /** An init container that carries the image has the state in place of the containers, which then wait for it. */
  readonly initToo?: true
  /** Comes only when the pod has this annotation. */
  readonly when?: { readonly annotation: string; readonly is: string }
  readonly event?: { readonly reason: string; readonly message: string }
}

/** Lets a pod of the play `held` become ready, when its value is `ready`. */
export const letAnnotation = "envseal.dev/let"

/** What the container of `crash-loop` leaves in its termination log: what `envseal open` writes there. */
export const crashMessage =
  "envseal: KEY_UNUSABLE: KMS cannot use the key arn:aws:kms:eu-west-1:111122223333:key/1234 (it is disabled)"

const running: State = { kind: "running" }
const soonMs = [100, 400] as const
const backOffMs = [4_000, 5_000] as const

const starting: Scene = {
  name: "Starting",
  after: [],
  delayMs: soonMs,
  phase: "Running",
  state: running,
  ready: false,
}

function started(after: readonly string[], delayMs: readonly [number, number]): Scene {
  return { name: "Started", after, delayMs, phase: "Running", state: running, ready: true }
}

function waits(name: string, reason: string, message: string): Scene {
  const state: State = { kind: "waiting", reason, message }
  return { name, after: [], delayMs: soonMs, phase: "Pending", state, ready: false, initToo: true }
}

/** Ends, waits, is started again and ends again, as long as the pod lives: once in about five seconds. */
function crashes(exit: Exit, also: Partial<Pick<Scene, "phase" | "initToo">> = {}): readonly Scene[] {
  const state: State = {
    kind: "waiting",
    reason: "CrashLoopBackOff",
    message: "back-off 10s restarting failed container",
  }
  const event = { reason: "BackOff", message: "Back-off restarting failed container" }
  const common = { phase: "Running", ready: false, ...also } as const
  return [
    { ...starting, ...also },
    { ...common, name: "Crashed", after: ["Starting"], delayMs: soonMs, state: exit },
    {
      ...{ ...common, name: "BackOff", after: ["Crashed", "CrashedAgain"], delayMs: [500, 1_000] },
      ...{ state, lastExit: exit, restarts: true, event },
    },
    {
      ...{ ...common, name: "CrashedAgain", after: ["BackOff"], delayMs: backOffMs },
      ...{ state: exit, lastExit: exit },
    },
  ]
}

const crash: Exit = { kind: "terminated", exitCode: 5, reason: "Error", message: crashMessage }
const outOfMemory: Exit = { kind: "terminated", exitCode: 137, reason: "OOMKilled" }
const migrationFailed: Exit = {
  kind: "terminated",
  exitCode: 1,
  reason: "Error",
  message: "migration failed",
}
const pullFailure = "failed to resolve reference: not found"

/** The whole of each play. */
export const scenes: Readonly<Record<Play, readonly Scene[]>> = {
  ready: [started([], [100, 1_000])],
  slow: [starting, started(["Starting"], [19_000, 20_000])],
  "never-ready": [starting],
  held: [starting, { ...started(["Starting"], [0, 100]), when: { annotation: letAnnotation, is: "ready" } }],
  "crash-loop": crashes(crash),
  "crash-once": [
    starting,
    { ...starting, name: "Crashed", after: ["Starting"], state: crash },
    { ...starting, name: "Again", after: ["Crashed"], lastExit: crash, restarts: true },
    { ...started(["Again"], [500, 1_000]), lastExit: crash },
  ],
  "out-of-memory": crashes(outOfMemory),
  "init-fail": crashes(migrationFailed, { phase: "Pending", initToo: true }),
  "image-pull": [
    {
      ...waits("PullFailed", "ErrImagePull", pullFailure),
      event: { reason: "Failed", message: `Failed to pull image: ${pullFailure}` },
    },
    {
      ...waits("BackOff", "ImagePullBackOff", `Back-off pulling image: ErrImagePull: ${pullFailure}`),
      ...{ after: ["PullFailed", "PullFailedAgain"], delayMs: [1_000, 1_500] },
      event: { reason: "BackOff", message: "Back-off pulling image" },
    },
    {
      ...waits("PullFailedAgain", "ErrImagePull", pullFailure),
      ...{ after: ["BackOff"], delayMs: [9_000, 10_000] },
    },
  ],
  "image-name": [
    waits("NameRefused", "InvalidImageName", "couldn't parse image name: invalid reference format"),
  ],
  "config-missing": [
    {
      ...waits("ConfigMissing", "CreateContainerConfigError", 'secret "shop" not found'),
      event: { reason: "Failed", message: 'Error: secret "shop" not found' },
    },
  ],
}
