import type { Pod } from "../../../src/core/kubernetes.ts"
import type { Effect } from "../../../src/deploy/core/effect.ts"
import type { DeployEvent, Happening, View } from "../../../src/deploy/core/event.ts"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import type { DeployState, Phase } from "../../../src/deploy/core/state.ts"
import { step } from "../../../src/deploy/core/step.ts"
import type { Step } from "../../../src/deploy/core/transition.ts"
import { awakeUntil, deployment, nowhere, type PhaseName, type PodChange, pod, stateIn } from "./scene.ts"

/** Whether a run that stands there has found everything to be proven. */
export function isGreen(phase: Phase): boolean {
  if (phase.name === "confirming") return isGreen(phase.next)
  return phase.name === "proving" || ("ending" in phase && phase.ending.type === "deployed")
}

/** A step of a run that was awake until then. */
export function stepAwake(state: DeployState, event: DeployEvent): Step {
  return step(state.phase.name === "ended" ? state : awakeUntil(state, event.atMs - 1), event)
}

/** Pods of `web`, as many of them ready as wanted. */
export function podsOf(ready: number, total: number): readonly Pod[] {
  return Array.from({ length: total }, (_, index) => pod(`web-${index}`, { ready: index < ready }))
}

/** `web` on its way, with its pods. */
export function viewOfPods(pods: readonly Pod[]): View {
  const workload = deployment(pods.length, { availableReplicas: pods.length - 1 })
  return { ...nowhere, workloads: [workload], pods }
}

export function viewOfTrouble(...changes: readonly PodChange[]): View {
  return viewOfPods(changes.map((change, index) => pod(`web-${index}`, change)))
}

/** A run, moment by moment; its lock needs no renewal, and is as good as just confirmed until the run stands still. */
export class Course {
  #state: DeployState
  effects: readonly Effect[] = []

  constructor(phase: PhaseName, change: Partial<DeployState>) {
    const state = stateIn(phase, change)
    this.#state = state
    if (change.lock !== undefined) return
    const forever = { renewAtMs: Number.MAX_SAFE_INTEGER, keptAtMs: Number.MAX_SAFE_INTEGER }
    this.#state = { ...state, lock: { ...state.lock, ...forever } }
  }

  get state(): DeployState {
    return this.#state
  }

  get phase(): string {
    return this.#state.phase.name
  }

  /** Whether it was found to be proven. */
  get isGreen(): boolean {
    return isGreen(this.#state.phase)
  }

  /** What was told at the last moment. */
  get told(): readonly Progress[] {
    return this.effects.flatMap((effect) => (effect.do === "tell" ? [effect.progress] : []))
  }

  /** What is to be done since the last moment, but for what was told. */
  get done(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.do === "tell" ? [] : [effect.do]))
  }

  /** Something happens. The run was awake until then. */
  at(seconds: number, event: Happening): this {
    this.#state = awakeUntil(this.#state, Math.round(seconds * 1000) - 1)
    return this.stopped(seconds, event)
  }

  /** Something happens, and nothing did since the event before: the run stood still where that is long ago. */
  stopped(seconds: number, event: Happening): this {
    const { state, effects } = step(this.#state, { ...event, atMs: Math.round(seconds * 1000) })
    this.#state = state
    this.effects = effects
    return this
  }

  sees(seconds: number, view: View): this {
    return this.at(seconds, { type: "seen", view })
  }

  /** As many pods are ready, of three where nothing else is said. */
  ready(seconds: number, ready: number, total = 3): this {
    return this.sees(seconds, viewOfPods(podsOf(ready, total)))
  }

  loses(seconds: number): this {
    return this.at(seconds, { type: "unseen", why: "the connection broke" })
  }

  waits(seconds: number): this {
    return this.at(seconds, { type: "time" })
  }
}

/** A run that rolls out. */
export function watching(change: Partial<DeployState> = {}): Course {
  return new Course("rolling", change)
}
