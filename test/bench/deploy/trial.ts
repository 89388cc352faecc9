import type { Play } from "../../real/cluster/plays.ts"

export type Contender = "script" | "envseal"

/** What is deployed, and where it leads. */
export interface Case {
  readonly name: "good" | "large" | "crash" | "pull"
  /** What the pods of the new image do. */
  readonly play: Play
  /** Of the Deployment `web`; `worker` has one more pod. */
  readonly replicas: number
}

/** Two rollouts that cannot succeed, which the script waits longest for, and a good one of few pods and of many. */
export const cases: readonly Case[] = [
  { name: "crash", play: "crash-loop", replicas: 2 },
  { name: "pull", play: "image-pull", replicas: 2 },
  { name: "good", play: "ready", replicas: 2 },
  { name: "large", play: "ready", replicas: 30 },
]

/** One deploy by one contender, in a project, with a role and in a namespace that all have its name. */
export interface Trial {
  readonly name: string
  readonly contender: Contender
  readonly case: Case
  /** How long its build takes. */
  readonly buildSeconds: number
  /** Makes its image another than that of every other trial. */
  readonly n: number
}

/** What a build takes besides its phase BUILD, by the usual times of the fake. */
export const otherSeconds = 32

const pollSeconds = 30

/**
 * Both contenders in every case, once in each round. The builds' ends are spread evenly over the script's poll, so
 * that it is neither lucky nor unlucky.
 */
export function planTrials(rounds: number): readonly Trial[] {
  const trials: Trial[] = []
  for (let round = 0; round < rounds; round++) {
    const buildSeconds = otherSeconds + ((rounds - round - 0.5) * pollSeconds) / rounds
    for (const one of cases) {
      for (const contender of ["script", "envseal"] as const) {
        const name = `${one.name}-${contender}-${round + 1}`
        trials.push({ name, contender, case: one, buildSeconds, n: trials.length + 1 })
      }
    }
  }
  return trials
}
