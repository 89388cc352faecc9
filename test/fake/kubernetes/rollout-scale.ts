import type { Deployment } from "./kinds.ts"

/** How many pods a ReplicaSet wants, and has available. */
export interface Share {
  readonly name: string
  readonly replicas: number
  readonly available: number
}

/** Limits of a rolling update, as numbers of pods. */
export interface Limits {
  readonly replicas: number
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/** Resolves the percentages: those of the surge are rounded up, the others down, and one of both is at least 1. */
export function limitsOf({ replicas, strategy }: Deployment["spec"]): Limits {
  const { maxSurge = 0, maxUnavailable = 0 } = strategy.rollingUpdate ?? {}
  const surge = resolve(maxSurge, replicas, Math.ceil)
  const unavailable = Math.min(resolve(maxUnavailable, replicas, Math.floor), replicas)
  return { replicas, maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

/** How many pods the new ReplicaSet should want now (deployment util `NewRSNewReplicas`). */
export function newReplicas({ replicas, maxSurge }: Limits, current: number, all: readonly Share[]): number {
  if (current >= replicas) return replicas
  const room = replicas + maxSurge - sum(all.map((share) => share.replicas))
  return room <= 0 ? current : current + Math.min(room, replicas - current)
}

/**
 * How many pods each old ReplicaSet should want now, first the oldest: first the unhealthy ones go, then as many
 * as the available ones allow (deployment `reconcileOldReplicaSets`).
 */
export function oldReplicas(limits: Limits, fresh: Share, old: readonly Share[]): readonly number[] {
  const minAvailable = limits.replicas - limits.maxUnavailable
  const all = sum(old.map((share) => share.replicas)) + fresh.replicas
  const excess = all - minAvailable - (fresh.replicas - fresh.available)
  if (excess <= 0) return old.map((share) => share.replicas)
  const healthy = scaleDown(old, excess, ({ replicas, available }) => Math.max(0, replicas - available))
  const available = sum(old.map((share) => share.available)) + fresh.available
  return scaleDown(healthy, available - minAvailable, ({ replicas }) => replicas).map(
    (share) => share.replicas,
  )
}

function scaleDown(
  shares: readonly Share[],
  count: number,
  most: (share: Share) => number,
): readonly Share[] {
  let left = Math.max(0, count)
  return shares.map((share) => {
    const taken = Math.min(left, most(share))
    left -= taken
    return { ...share, replicas: share.replicas - taken }
  })
}

/** A number of pods, or a percentage of them. */
export function resolve(value: number | string, replicas: number, round: (value: number) => number): number {
  return typeof value === "number" ? value : round((Number.parseInt(value, 10) * replicas) / 100)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
