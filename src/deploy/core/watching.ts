import type { Workload } from "../../core/kubernetes.ts"
import type { Images, WorkloadKind } from "../../core/workload.ts"
import { type Death, deathNote, deathsOf, longestLifeMs, withDeaths } from "./death.ts"
import type { DeployEvent, View } from "./event.ts"
import { judge } from "./judge.ts"
import { unpullable } from "./pod-trouble.ts"
import { podsOf } from "./pods.ts"
import { type Assessment, assess, pullsIn, type Wanted } from "./rollout.ts"
import { settleMsOf } from "./settle.ts"
import { spend } from "./spent.ts"
import type { DeployState, Stage, Target } from "./state.ts"
import { stay, type Turn, tell, withTargets } from "./transition.ts"
import { lastWait, type Trouble, type Verdict } from "./verdict.ts"

/**
 * Twenty times what lies between two ticks of `deploy/run/run.ts`: when so long nothing came, not even a tick, the run
 * itself stood still. In milliseconds.
 */
export const jumpMs = 5_000

/** True while the cluster is watched and cannot be seen. */
export function isBlind(state: DeployState): boolean {
  return state.blindSinceMs !== null && isWatching(state)
}

/** Milliseconds in which the run was awake, but for those in which it watched the cluster and could not see it. */
export function sightedMs({ nowMs, blindMs, blindSinceMs }: DeployState): number {
  return (blindSinceMs ?? nowMs) - blindMs
}

/** Whether its workloads are watched already: they are from the first change on. */
export function isWatching({ targets }: DeployState): boolean {
  return targets.some(({ stage }) => stage !== "untouched")
}

/** The kinds of its workloads. */
export function kindsOf({ targets }: DeployState): readonly WorkloadKind[] {
  return [...new Set(targets.map(({ ref }) => ref.kind))]
}

/** True when this event comes so late that the run stood still before it. */
export function isJump({ atMs }: DeployState, event: DeployEvent): boolean {
  return event.atMs - atMs > jumpMs
}

/**
 * The state at the time of the event. A time in which the run stood still, since its process was stopped or its
 * machine slept, counts as `jumpMs` at most, so that a run that stands still again and again comes to its end too.
 */
export function atTimeOf(state: DeployState, event: DeployEvent): DeployState {
  const passedMs = Math.max(0, event.atMs - state.atMs)
  const awakeMs = Math.min(passedMs, jumpMs)
  const spent = spend(state.spent, state.phase, passedMs)
  return { ...state, atMs: state.atMs + passedMs, nowMs: state.nowMs + awakeMs, spent }
}

/**
 * The run stood still: what is watched is looked at again from the beginning, and from before that time until then it is
 * not seen.
 */
export function afterJump(state: DeployState, stoodMs: number): Turn {
  if (!isWatching(state)) return stay(state)
  const why = `this run stood still for ${Math.round(stoodMs / 1000)} s`
  const lost = loseSight(state, why, state.nowMs - jumpMs)
  return { ...lost, effects: [...lost.effects, { do: "observe", kinds: kindsOf(state) }] }
}

export function loseSight(state: DeployState, why: string, sinceMs = state.nowMs): Turn {
  if (state.blindSinceMs !== null) return stay(state)
  return stay({ ...state, blindSinceMs: sinceMs }, tell({ type: "contact-lost", why }))
}

export function seeAgain(state: DeployState, view: View): Turn {
  const progress = state.blindSinceMs === null ? [] : [tell({ type: "contact-found" })]
  const seen = { ...forgiveBlindness(state), view }
  const isWatched = ({ stage }: Target) => stage !== "untouched"
  return stay(
    withTargets(seen, (target) => (isWatched(target) ? mourning(target, view) : target)),
    ...progress,
  )
}

/** After blindness: what could not be seen cannot count as standing still. */
function forgiveBlindness(state: DeployState): DeployState {
  if (state.blindSinceMs === null) return state
  const blindMs = state.nowMs - state.blindSinceMs
  const seen = { ...state, blindSinceMs: null, blindMs: state.blindMs + blindMs }
  return withTargets(seen, (target) => ({
    ...target,
    sinceMs: target.sinceMs + blindMs,
    movedAtMs: target.movedAtMs + blindMs,
    provenAtMs: target.provenAtMs === null ? null : target.provenAtMs + blindMs,
    sightings: {},
    readySinceMs: null,
  }))
}

/** A workload that was given other images: from now on, it is judged by them. */
export function withWanted(target: Target, wanted: Wanted, { nowMs }: DeployState): Target {
  return {
    ...target,
    wanted,
    verdict: null,
    sightings: {},
    best: 0,
    sinceMs: nowMs,
    movedAtMs: nowMs,
    most: 0,
    readySinceMs: null,
    provenAtMs: null,
    again: null,
  }
}

/** Other images are asked for: what died until now was not by them. They may be there before that is answered. */
export function forgetDeaths(target: Target, { view }: DeployState): Target {
  return { ...target, deaths: [], pastDeaths: view === null ? null : keysOf(deathsSeen(target, view)) }
}

/** Nothing is known of what died before the first view. */
function mourning(target: Target, view: View): Target {
  const seen = deathsSeen(target, view)
  const pastDeaths = target.pastDeaths ?? keysOf(seen)
  const deaths = withDeaths(
    target.deaths,
    seen.filter(({ key, wanted }) => wanted && !pastDeaths.includes(key)),
  )
  return { ...target, deaths, pastDeaths }
}

function deathsSeen(target: Target, view: View): readonly Death[] {
  const workload = seenOf(target, view)
  return workload === null ? [] : deathsOf(podsOf(workload, view), imagesAsked(target))
}

/** What it was asked to have last: while that is not answered, its pods may have that already. */
function imagesAsked({ stage, wanted: { images }, to, before }: Target): Images {
  if (stage === "patching") return to
  return stage === "restoring" ? (before ?? images) : images
}

function keysOf(deaths: readonly Death[]): readonly string[] {
  return deaths.map(({ key }) => key)
}

/** Judges the targets of this stage by the last view, and tells what is new. */
export function judgeTargets(state: DeployState, stage: Stage): Turn {
  return judgeThose(state, (target) => target.stage === stage)
}

/** Judges this target alone by the last view, and tells what is new. */
export function judgeTarget(state: DeployState, text: string): Turn {
  return judgeThose(state, (target) => target.text === text)
}

function judgeThose(state: DeployState, isMeant: (target: Target) => boolean): Turn {
  const looks = state.targets.map((target) => (isMeant(target) ? lookAt(target, state) : null))
  const nowhere = unpullable(looks.flatMap((look) => (look === null ? [] : pullsIn(look.assessment))))
  const targets = state.targets.map((target, index) => {
    const look = looks[index] ?? null
    return look === null ? target : judged(look, nowhere, state.nowMs)
  })
  const effects = targets.flatMap((target, index) => {
    const { verdict } = target
    const before = state.targets[index]?.verdict ?? null
    return verdict === null || sounds(verdict) === sounds(before) ? [] : [tell(newsOf(target.text, verdict))]
  })
  return stay({ ...state, targets }, ...effects)
}

/** @property target with all that died of it. */
interface Look {
  readonly target: Target
  readonly assessment: Assessment
  readonly settleMs: number
}

/** @returns `null` when nothing was seen yet. */
function lookAt(before: Target, state: DeployState): Look | null {
  const { view } = state
  if (view === null) return null
  const target = mourning(before, view)
  const assessment = assess(withoutDeleted(seenOf(target, view), target), view, target.wanted)
  return { target, assessment, settleMs: settleMsIn(target, state) }
}

/** A CronJob without the Jobs that this run has deleted, though it may not know it yet. */
function withoutDeleted(workload: Workload | null, { jobs }: Target): Workload | null {
  const deleted = jobs.filter(({ status }) => status === "done").map(({ uid }) => uid)
  if (workload?.kind !== "CronJob" || deleted.length === 0) return workload
  const active = (workload.status?.active ?? []).filter(({ uid = "" }) => !deleted.includes(uid))
  return { ...workload, status: { ...workload.status, active } }
}

function seenOf({ ref }: Target, { workloads }: View): Workload | null {
  return workloads.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name) ?? null
}

/** How long a workload has to stay ready, as it was last seen; 0 for one that is not there. */
function settleMsIn(target: Target, { view, plan: { limits } }: DeployState): number {
  const workload = view === null ? null : seenOf(target, view)
  if (workload === null) return 0
  const lifeMs = Math.min(longestLifeMs(target.deaths), limits.stallMs)
  return settleMsOf(workload, target.wanted.images, limits.settleMs, lifeMs)
}

function judged({ target, assessment, settleMs }: Look, nowhere: ReadonlySet<string>, nowMs: number): Target {
  const judgement = judge(assessment, target.sightings, nowMs, nowhere)
  const { stands, ending } = assessment.type === "ours" ? assessment : { stands: [], ending: 0 }
  const before = new Set(target.stands)
  const sinceMs = stands.every((one) => before.has(one)) ? target.readySinceMs : null
  const readySinceMs = judgement.verdict.type === "done" ? (sinceMs ?? nowMs) : null
  const verdict = settled(withNote(judgement.verdict, target.deaths), readySinceMs, settleMs, nowMs)
  const { ready, total } = verdict.counts
  // What was ready once begins again: it cannot have stood still until now. And a scaled workload has other pods.
  const wasReady = target.verdict === null || target.readySinceMs !== null
  const begins = wasReady || total !== target.verdict?.counts.total
  const moved = begins || ready > target.best
  return {
    ...target,
    verdict,
    sightings: judgement.sightings,
    best: begins ? ready : Math.max(ready, target.best),
    movedAtMs: moved ? nowMs : target.movedAtMs,
    most: Math.max(target.most, total),
    readySinceMs,
    provenAtMs: target.provenAtMs ?? (verdict.type === "done" ? nowMs : null),
    stands,
    ending,
  }
}

function withNote(verdict: Verdict, deaths: readonly Death[]): Verdict {
  const died = deathNote(deaths)
  if (verdict.type !== "done" || died === null) return verdict
  return { ...verdict, note: verdict.note === null ? died : `${verdict.note}; ${died}` }
}

/** Proven for a moment is not proven. */
function settled(verdict: Verdict, readySinceMs: number | null, settleMs: number, nowMs: number): Verdict {
  const isSettling = verdict.type === "done" && verdict.counts.total > 0 && readySinceMs !== null
  if (!isSettling || nowMs - readySinceMs >= settleMs) return verdict
  const waitsFor = `its pods to stay ready for ${Math.round(settleMs / 1000)} s`
  return { type: "progressing", counts: verdict.counts, waitsFor, troubles: [] }
}

/** The parts of a verdict that are worth reporting when they change. */
function sounds(verdict: Verdict | null): string {
  if (verdict === null) return ""
  const trouble = troubleOf(verdict)
  const waitsFor = verdict.type === "progressing" ? lastWait(verdict.counts, verdict.waitsFor) : null
  return JSON.stringify([verdict.type, verdict.counts, waitsFor, trouble?.reason, trouble?.pods])
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
export function isStalled({ movedAtMs, readySinceMs }: Target, { nowMs, plan }: DeployState): boolean {
  return readySinceMs === null && nowMs - movedAtMs >= plan.limits.stallMs
}

/**
 * True when it took longer than the longest rollout of that many pods that never stands still too long. Without it,
 * pods that get ready and fail in turns would go on forever. What was proven once waits for the others: it has that time
 * from when each of them was proven once too.
 */
export function isOverdue(target: Target, state: DeployState): boolean {
  const { stallMs, settleMs } = state.plan.limits
  const longestMs = stallMs * (target.most + 1) + Math.max(settleMs, settleMsIn(target, state))
  const sinceMs = target.provenAtMs === null ? target.sinceMs : allProvenAtMs(target, state)
  return sinceMs !== null && state.nowMs - sinceMs >= longestMs
}

/** Since when it and those that roll out with it were proven once each; `null` while one was not. */
function allProvenAtMs({ stage, sinceMs }: Target, { targets }: DeployState): number | null {
  const times = targets.filter((one) => one.stage === stage).map(({ provenAtMs }) => provenAtMs)
  return times.includes(null) ? null : Math.max(sinceMs, ...times.map((ms) => ms ?? 0))
}
