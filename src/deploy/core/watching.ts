import { judge } from "./judge.ts"
import { unpullable } from "./pod-trouble.ts"
import { type Assessment, assess, pullsIn } from "./rollout.ts"
import type { DeployState, Stage, Target } from "./state.ts"
import { type Step, stay, tell } from "./transition.ts"
import type { Trouble, Verdict } from "./verdict.ts"

/** Judges the targets of these stages by the last view, and tells what is new. */
export function judgeTargets(state: DeployState, stages: readonly Stage[]): Step {
  const looks = state.targets.map((target) => (stages.includes(target.stage) ? lookAt(target, state) : null))
  const nowhere = unpullable(looks.flatMap((look) => (look === null ? [] : pullsIn(look))))
  const targets = state.targets.map((target, index) => {
    const look = looks[index] ?? null
    return look === null ? target : judged(target, look, nowhere, state.nowMs)
  })
  const effects = targets.flatMap((target, index) => {
    const { verdict } = target
    const before = state.targets[index]?.verdict ?? null
    return verdict === null || sounds(verdict) === sounds(before) ? [] : [tell(newsOf(target.text, verdict))]
  })
  return stay({ ...state, targets }, ...effects)
}

/** @returns `null` when nothing was seen yet. */
function lookAt({ ref, wanted }: Target, { view }: DeployState): Assessment | null {
  if (view === null) return null
  const workload =
    view.workloads.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name) ?? null
  return assess(workload, view, wanted)
}

function judged(target: Target, assessment: Assessment, nowhere: ReadonlySet<string>, nowMs: number): Target {
  const { best } = target
  const { verdict, sightings } = judge(assessment, target.sightings, nowMs, nowhere)
  const { ready } = verdict.counts
  // What was done once begins again: it cannot have stood still until now.
  const anew = target.verdict === null || target.verdict.type === "done"
  const moved = anew || ready > best
  return {
    ...target,
    verdict,
    sightings,
    best: anew ? ready : Math.max(ready, best),
    movedAtMs: moved ? nowMs : target.movedAtMs,
  }
}

/** The parts of a verdict that are worth reporting when they change. */
function sounds(verdict: Verdict | null): string {
  if (verdict === null) return ""
  const trouble = troubleOf(verdict)
  return JSON.stringify([verdict.type, verdict.counts, trouble?.reason, trouble?.pods])
}

function newsOf(workload: string, verdict: Verdict) {
  return {
    type: "rollout",
    workload,
    state: verdict.type,
    counts: verdict.counts,
    waitsFor: verdict.type === "progressing" ? verdict.waitsFor : null,
    trouble: troubleOf(verdict),
  } as const
}

export function troubleOf(verdict: Verdict): Trouble | null {
  if (verdict.type === "doomed") return verdict.trouble
  return verdict.type === "progressing" ? (verdict.troubles[0] ?? null) : null
}

/** True when no more pods got ready for longer than a rollout may stand still. */
export function isStalled({ movedAtMs }: Target, { nowMs, plan }: DeployState): boolean {
  return nowMs - movedAtMs >= plan.limits.stallMs
}

/**
 * True when it took longer than the longest rollout of that many pods that never stands still too long. Without it,
 * pods that get ready and fail in turns would go on forever.
 */
export function isOverdue({ sinceMs, verdict }: Target, { nowMs, plan }: DeployState): boolean {
  const pods = verdict?.counts.total ?? 0
  return nowMs - sinceMs >= plan.limits.stallMs * (pods + 1)
}

/** After blindness: what could not be seen cannot count as standing still. */
export function forgiveBlindness(state: DeployState): DeployState {
  if (state.blindSinceMs === null) return state
  const blindMs = state.nowMs - state.blindSinceMs
  const targets = state.targets.map((target) => ({
    ...target,
    sinceMs: target.sinceMs + blindMs,
    movedAtMs: target.movedAtMs + blindMs,
    sightings: {},
  }))
  return { ...state, blindSinceMs: null, targets }
}
