/** What a container does whose image is known to have that play. See {@link Play.do}. */
const playNames = [
  "ready",
  "slow",
  "never-ready",
  "some-never-ready",
  "image-pull",
  "config-missing",
  "crash-once",
  "crash-loop",
  "init-fail",
  "job-fail",
  "unschedulable",
] as const

export type PlayName = (typeof playNames)[number]

/** What becomes of the containers of an image. */
export interface Play {
  /**
   * - `ready`: starts, and is ready. In a Job's pod it does its work and ends with 0. So does every play in an init
   *   container that is not about pulling, configuration or init containers.
   * - `slow`: the same, in ten times the time.
   * - `never-ready`: runs, but its readiness probe fails.
   * - `some-never-ready`: so it is in `count` pods of a workload at a time.
   * - `image-pull`: `ErrImagePull` and `ImagePullBackOff`, for ever or `count` times; or waits for another `reason`,
   *   such as `InvalidImageName`, for ever.
   * - `config-missing`: `CreateContainerConfigError`.
   * - `crash-once`: ends with `exitCode` in its first run in a pod; `ready` from the second on.
   * - `crash-loop`: ends with `exitCode` in each run, and is backed off.
   * - `init-fail`: is a crash loop as an init container, `ready` as another one.
   * - `job-fail`: ends with `exitCode` in a Job's pod, `ready` elsewhere.
   * - `unschedulable`: its pod finds no node.
   */
  readonly do: PlayName
  /** By default as the pace has it. */
  readonly startMs?: number
  /** How long `crash-loop` and `crash-once` run. With it they are ready meanwhile. */
  readonly runMs?: number
  /** By default 1. */
  readonly exitCode?: number
  readonly count?: number
  /** Of the wait of `image-pull`, or of the end of a crash, such as `OOMKilled`. */
  readonly reason?: string
  /** Of the wait, or what the container wrote to its termination log. */
  readonly message?: string
  /** What every run writes to its log. */
  readonly log?: readonly string[]
}

/** The plays by image reference. */
export type Plays = Readonly<Record<string, Play>>

export function playOf(plays: Plays, image: string | undefined): Play {
  return (image !== undefined && Object.hasOwn(plays, image) ? plays[image] : undefined) ?? { do: "ready" }
}

/** @throws Error for a play that is none. */
export function checkPlay(play: Play): void {
  if (!playNames.includes(play.do)) throw new Error(`unknown play ${play.do}`)
  const known = ["do", "startMs", "runMs", "exitCode", "count", "reason", "message", "log"]
  const other = Object.keys(play).find((name) => !known.includes(name))
  if (other !== undefined) throw new Error(`unknown member ${other} of a play`)
}
