import { expect } from "vitest"
import { type WorkloadKind, workloadText } from "../../../src/core/workload.ts"
import type { Effect } from "../../../src/deploy/core/effect.ts"
import type { Happening } from "../../../src/deploy/core/event.ts"
import type { Start } from "../../../src/deploy/core/plan.ts"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import type { DeployState } from "../../../src/deploy/core/state.ts"
import { begin, step } from "../../../src/deploy/core/step.ts"
import type { Step } from "../../../src/deploy/core/transition.ts"
import { isGreen } from "./course.ts"
import { build, newImage, origin, otherImage, plan } from "./scene.ts"
import { answerTo, type Odds } from "./service.ts"
import {
  advance,
  die,
  findLive,
  isProven,
  type LiveDeath,
  type LivePod,
  newWorkload,
  setImage,
  viewOf,
  type World,
} from "./world.ts"

/** What a history is like. Chances are from 0 to 1, for each second or each effect. */
export interface Scenario {
  readonly seed: number
  readonly start: Start["type"]
  readonly detach: boolean
  readonly hooks: { readonly before: readonly string[]; readonly after: readonly string[] }
  readonly rollback: boolean
  readonly workloads: readonly { readonly kind: WorkloadKind; readonly replicas: number }[]
  /** What is wrong with the new image. */
  readonly fault: "none" | "crashes" | "cannot be pulled"
  /** How long one of the nodes fails to get an image. */
  readonly flakyMs: number
  /** How long what is ready must stay so. */
  readonly settleMs: number
  readonly odds: Odds
}

export interface Outcome {
  readonly state: DeployState
  readonly progress: readonly Progress[]
  readonly world: World
  readonly seconds: number
  /** How often each kind of misfortune happened. */
  readonly events: {
    stops: number
    outages: number
    thefts: number
    inheritances: number
    changes: number
    deaths: number
  }
}

interface Waiting {
  readonly atMs: number
  readonly work: () => void
}

const starts: { readonly [T in Start["type"]]: (detach: boolean) => Start } = {
  build: (detach) => ({ type: "build", commit: null, detach }),
  resume: () => ({ type: "resume", build: "shop:1" }),
  reseal: (detach) => ({ type: "reseal", build: null, detach }),
  image: () => ({ type: "image", image: newImage }),
  back: () => ({ type: "back", to: null, agreed: null }),
}

/** Longer than any history may take. */
const longestSeconds = 3_600

/** A small generator of numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Drives a whole run through one random history, and holds every effect against what must always be so. */
export class Simulation {
  readonly world: World
  readonly random: () => number
  readonly scenario: Scenario
  readonly progress: Progress[] = []
  nowMs = 0
  #state: DeployState
  #waiting: Waiting[] = []
  #inFlight = new Set<string>()
  #observing = false
  #unsure = new Set<string>()
  /** What reaches the run only after it stood still. */
  #backlog: Happening[] | null = null
  #confirmed: { readonly askedMs: number; readonly by: "locked" | "lock-renewed" } | null = null
  /** All that were seen, of the images that the run aimed at then. */
  readonly #deaths = new Map<string, ImageDeath>()
  readonly events = { stops: 0, outages: 0, thefts: 0, inheritances: 0, changes: 0, deaths: 0 }
  #sight = { proven: false, foreign: new Set<string>() }

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.random = generator(scenario.seed)
    const workloads = scenario.workloads.map(({ kind, replicas }, index) =>
      newWorkload({ kind, name: `w${index}` }, replicas),
    )
    const imagesOf = (fault: Scenario["fault"]) => new Set(scenario.fault === fault ? [newImage] : [])
    const { flakyMs } = scenario
    const troubles = { crashing: imagesOf("crashes"), unpullable: imagesOf("cannot be pulled"), flakyMs }
    // Half of the builds of before were started to reseal, which the run is not told.
    const reseals = scenario.seed % 2 === 0 ? origin.digest : null
    const running = scenario.start === "resume" ? build({ reseals }) : null
    const world = { workloads, troubles, nowMs: 0, build: running, lock: "free" as const, serial: 1 }
    this.world = { ...world, renewedMs: 0, downUntilMs: 0 }
    const { hooks, rollback } = scenario
    const limits = { buildMs: 300_000, stallMs: 60_000, settleMs: scenario.settleMs, silenceMs: 60_000 }
    const start = starts[scenario.start](scenario.detach)
    const first = begin(plan({ start, hooks, rollback, limits }))
    this.#state = first.state
    this.#take(first)
  }

  chance(odds: number): boolean {
    return this.random() < odds
  }

  run(): Outcome {
    let seconds = 0
    while (this.#state.phase.name !== "ended" && seconds++ < longestSeconds) this.#second()
    return { state: this.#state, progress: this.progress, world: this.world, seconds, events: this.events }
  }

  /** Whatever is still on its way arrives after the end. */
  settle(): void {
    for (const { work } of this.#waiting.splice(0)) work()
    this.happen({ type: "time" })
    this.happen({ type: "interrupted", signal: "SIGTERM" })
  }

  happen(event: Happening): void {
    if (this.#backlog !== null) {
      this.#backlog.push(event)
      return
    }
    const over = this.#state.phase.name === "ended"
    if (event.type === "patch-failed") this.#unsure.add(event.workload)
    const next = step(this.#state, { atMs: this.nowMs, ...event })
    if (over) expect(next).toEqual({ state: this.#state, effects: [] })
    this.#take(next)
    if (this.chance(0.02)) expect(structuredClone(this.#state)).toEqual(this.#state)
  }

  later(delayMs: number, work: () => void): void {
    this.#waiting.push({ atMs: this.nowMs + delayMs, work })
  }

  #second(): void {
    const { odds } = this.scenario
    if (this.chance(odds.stop)) this.#standStill(6 + Math.floor(this.random() * 90))
    if (this.chance(odds.stall)) this.#standStill(6)
    this.#worldGoesOn()
    this.#meddle()
    if (this.#observing) this.#watchOn()
    this.happen({ type: "time" })
  }

  /** The world goes on without the run, which hears of it only when it wakes up. */
  #standStill(seconds: number): void {
    this.events.stops++
    // What was on its way when it fell asleep comes first, and is as old as that.
    const stale = this.#observing && this.chance(0.5)
    this.#backlog = stale ? [{ type: "seen", view: viewOf(this.world) }] : []
    for (let second = 0; second < seconds; second++) {
      this.#worldGoesOn()
      this.#inherit()
    }
    const late = this.#backlog
    this.#backlog = null
    // It was granted at some time; a renewal tells by when it was asked for.
    if (this.#confirmed?.by === "locked") this.#confirmed = null
    for (const event of late) this.happen(event)
  }

  #worldGoesOn(): void {
    this.nowMs += 1000
    this.world.nowMs = this.nowMs
    const due = this.#waiting.filter(({ atMs }) => atMs <= this.nowMs).sort((a, b) => a.atMs - b.atMs)
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > this.nowMs)
    for (const { work } of due) work()
    const { odds } = this.scenario
    for (const live of this.world.workloads) {
      if (this.chance(0.6)) advance(this.world, live)
      for (const pod of live.pods) if (pod.ready && odds.death > 0 && this.chance(odds.death)) this.#die(pod)
    }
  }

  #die(pod: LivePod): void {
    die(this.world, pod)
    this.events.deaths++
  }

  /** Somebody who waits for the lock takes it over from a run that seems to be gone. */
  #inherit(): void {
    const { world } = this
    if (world.lock !== "ours" || this.nowMs - world.renewedMs < 30_000) return
    if (!this.chance(this.scenario.odds.heir)) return
    world.lock = "others"
    this.events.inheritances++
  }

  #meddle(): void {
    const { odds } = this.scenario
    for (const live of this.world.workloads) {
      if (this.chance(odds.foreign)) {
        live.foreign = true
        setImage(live, otherImage)
      }
      if (this.chance(odds.gone)) {
        live.foreign = true
        live.gone = true
      }
      const scales = live.ref.kind !== "CronJob" && this.nowMs < 600_000
      if (scales && this.chance(odds.scale)) {
        live.replicas = Math.floor(this.random() * 4)
        live.generation++
      }
    }
    if (this.chance(odds.interrupt))
      this.happen({ type: "interrupted", signal: this.chance(0.5) ? "SIGINT" : "SIGTERM" })
    if (this.chance(odds.theft) && this.world.lock === "ours") {
      this.world.lock = "others"
      this.events.thefts++
    }
    this.#inherit()
    if (this.chance(odds.outage) && this.nowMs >= this.world.downUntilMs) {
      this.world.downUntilMs = this.nowMs + 5_000 + Math.floor(this.random() * 50_000)
      this.events.outages++
    }
  }

  #watchOn(): void {
    const isDown = this.nowMs < this.world.downUntilMs
    if (isDown || this.chance(this.scenario.odds.blind))
      this.happen({ type: "unseen", why: "the connection broke" })
    else if (this.chance(0.7)) this.#see()
    if (this.chance(this.scenario.odds.unwatchable)) {
      this.happen({
        type: "unwatchable",
        failure: { code: "ACCESS_DENIED", message: "no", hint: undefined, problems: [] },
      })
    }
  }

  #see(): void {
    // What is seen after it was found to be green is no part of that.
    if (isGreen(this.#state.phase)) return
    const { workloads } = this.world
    const foreign = workloads.filter((live) => live.foreign).map(({ ref }) => workloadText(ref))
    this.#sight = {
      proven: workloads.every((live) => isProven(live, this.#aim())),
      foreign: new Set(foreign),
    }
    for (const [key, death] of deathsIn(this.world)) this.#deaths.set(key, death)
    this.happen({ type: "seen", view: viewOf(this.world) })
  }

  #aim(): string {
    return this.#state.targets[0]?.to["app"] ?? ""
  }

  #take({ state, effects }: Step): void {
    this.#checkDeployed(this.#state, state)
    this.#state = state
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: Effect): void {
    if (effect.do === "tell") {
      this.progress.push(effect.progress)
      if (effect.progress.type === "ended") this.#checkEnd()
      if (effect.progress.type === "job-deleted") {
        const { workload, job } = effect.progress
        expect(findLive(this.world, workload).job?.name, "a Job that is told to be deleted").not.toBe(job)
      }
      return
    }
    if (effect.do === "observe") {
      // What the watch before still had to say is not said any more.
      if (this.#backlog !== null) throw new Error("a run that stands still begins nothing")
      this.#observing = true
      this.happenSoon({ type: "unseen", why: "nothing is known yet" })
      return
    }
    this.#checkEffect(effect)
    const answer = answerTo(effect, this)
    if (answer === null) return
    const key = keyOf(effect)
    // A renewal that is not answered soon is asked for once more.
    // A container that was looked at is looked at again once it is judged again.
    if (effect.do !== "renew-lock" && effect.do !== "examine")
      expect(this.#inFlight, `two of ${key} at once`).not.toContain(key)
    this.#inFlight.add(key)
    const askedMs = this.nowMs
    const actMs = 100 + this.random() * 3_000
    // The lock is given back once what is on its way is answered (`deploy/run/lock.ts`).
    const act = () => {
      if (effect.do === "unlock" && this.#isChanging()) return this.later(1_000, act)
      const event = answer()
      this.later(this.random() * 3_000, () => {
        this.#inFlight.delete(key)
        if (event === null) return
        if (event.type === "locked" || event.type === "lock-renewed")
          this.#confirmed = { askedMs, by: event.type }
        this.happen(event)
        // A change is asked for again, and an answer to it is no answer to the next one.
        const changes = ["patched", "patch-failed", "recorded"].includes(event.type)
        if (!changes && this.chance(this.scenario.odds.twice)) this.happenSoon(event)
      })
    }
    this.later(actMs, act)
  }

  #isChanging(): boolean {
    return [...this.#inFlight].some((key) => /^(patch|restore|prove|delete-job) /.test(key))
  }

  happenSoon(event: Happening): void {
    this.later(this.random() * 20_000, () => this.happen(event))
  }

  /** Something of the cluster is changed at this moment, on the server. */
  checkChange(): void {
    this.events.changes++
    // Who takes a lock by force does not wait until its holder has heard of it.
    if (this.scenario.odds.theft === 0) expect(this.world.lock, "changed with its own lock").toBe("ours")
  }

  #checkEffect(effect: Effect): void {
    if (["patch", "restore", "run-hook", "delete-pod", "delete-job", "prove"].includes(effect.do)) {
      const sinceMs = this.nowMs - (this.#confirmed?.askedMs ?? Number.NEGATIVE_INFINITY)
      // Two seconds, and for how long the answer to a renewal proves something.
      expect(sinceMs, `${effect.do} with a lock that was just confirmed`).toBeLessThan(22_000)
    }
    if (effect.do === "patch" && this.scenario.start !== "back") {
      expect(this.progress.map(({ type }) => type)).toContain("image")
      if (this.scenario.start !== "image") expect(this.world.build?.status).toBe("SUCCEEDED")
      if (this.scenario.start === "reseal" || (this.world.build?.reseals ?? null) !== null)
        expect(this.progress.map(({ type }) => type)).toContain("resealed")
    }
    if (effect.do === "restore") {
      expect(this.scenario.rollback).toBe(true)
      // Where it is not certain what a workload has, the one that takes it back looks first.
      if (!this.#unsure.has(workloadText(effect.ref)))
        expect(this.#sight.foreign).not.toContain(workloadText(effect.ref))
    }
  }

  #checkEnd(): void {
    const changing = [...this.#inFlight].filter((key) => /^(patch|restore|start-build)/.test(key))
    expect(changing, "changes on their way at the end").toEqual([])
  }

  /** It is green at the moment it begins to write that down. */
  #checkDeployed({ phase: before }: DeployState, { phase: after }: DeployState): void {
    if (isGreen(before) || !isGreen(after)) return
    expect(this.#sight.proven, "deployed and proven").toBe(true)
    const past = this.#state.targets.flatMap(({ pastDeaths }) => pastDeaths ?? [])
    const deaths = [...this.#deaths].filter(
      ([key, { image }]) => image === this.#aim() && !past.includes(key),
    )
    for (const { ref, replicas } of this.world.workloads) {
      const own = deaths.filter(([key]) => replicas > 0 && key.startsWith(`uid-${ref.name}-`))
      const lastMs = Math.max(...own.map(([, { endedMs }]) => endedMs))
      for (const [key, { startedMs, endedMs }] of own) {
        const lifeMs = Math.min(endedMs - startedMs, this.#state.plan.limits.stallMs)
        expect(this.nowMs - lastMs, `${key} lives for longer than before`).toBeGreaterThanOrEqual(lifeMs)
      }
    }
  }
}

type ImageDeath = LiveDeath & Pick<LivePod, "image">

/** Of the pods that are meant to stay, by the names that the run gives them. */
function deathsIn({ workloads }: World): Map<string, ImageDeath> {
  const staying = workloads.filter(({ replicas }) => replicas > 0)
  const pods = staying.flatMap(({ ref, pods }) => pods.map((pod) => ({ ref, pod })))
  const died = pods.flatMap(({ ref, pod: { id, image, death } }) => {
    if (death === null) return []
    const key = `uid-${ref.name}-${id} app ${new Date(death.endedMs).toISOString()}`
    return [[key, { ...death, image }] as const]
  })
  return new Map(died)
}

function keyOf(effect: Effect): string {
  if ("ref" in effect) return `${effect.do} ${workloadText(effect.ref)}`
  if ("uid" in effect) return `${effect.do} ${effect.uid}`
  if ("id" in effect) return `${effect.do} ${effect.id}`
  return effect.do
}
