import type { Build } from "../../../src/core/build.ts"
import { workloadText } from "../../../src/core/workload.ts"
import type { Effect } from "../../../src/deploy/core/effect.ts"
import type { Happening } from "../../../src/deploy/core/event.ts"
import { broken, build, ended, refused, release } from "./scene.ts"
import type { Simulation } from "./simulation.ts"
import { checkedTarget, findLive, setImage, type World } from "./world.ts"

/** Chances from 0 to 1: of what others do in a second, and of what becomes of an effect. */
export interface Odds {
  readonly foreign: number
  readonly gone: number
  readonly scale: number
  readonly death: number
  readonly interrupt: number
  readonly theft: number
  /** That somebody who waits for the lock takes it once it was not renewed for as long as it says. */
  readonly heir: number
  /** That the run itself stands still for a while. */
  readonly stop: number
  /** That it stands still for a moment, as on a machine that is too busy. */
  readonly stall: number
  /** That the API server goes away for a while. */
  readonly outage: number
  readonly blind: number
  readonly unwatchable: number
  /** That an effect fails. */
  readonly fail: number
  /** That an answer is lost, where the run has its own patience for it. */
  readonly lost: number
  /** That it comes twice. */
  readonly twice: number
}

/** Acts on the world, and says what is answered: `null` for an answer that is lost. */
export type Act = () => Happening | null

/** @returns `null` for an effect that has no answer. */
export function answerTo(effect: Effect, simulation: Simulation): Act | null {
  const { fail, lost } = simulation.scenario.odds
  const fails = simulation.chance(fail)
  const isLost = simulation.chance(lost)
  const orLost =
    (act: Act): Act =>
    () => {
      const event = act()
      return isLost ? null : event
    }
  switch (effect.do) {
    case "check":
      return check(effect.ask, simulation, fails)
    case "lock":
      return lock(simulation, fails)
    case "renew-lock":
      return orLost(renew(effect.ask, simulation, fails))
    case "unlock":
      return orLost(unlock(simulation, fails))
    case "start-build":
      return startBuild(simulation, fails)
    case "read-build":
      return orLost(readBuild(effect, simulation, fails))
    case "stop-build":
      return orLost(() => ({ type: "build-stopped", failure: fails ? broken : null }))
    case "drain-log":
      return orLost(() => ({ type: "log-drained" }))
    case "find-image":
      return () => (fails ? { type: "image-refused", failure: broken } : { type: "image-found", release })
    case "prove-resealed":
      return () => (fails ? { type: "image-refused", failure: broken } : { type: "resealed" })
    case "run-hook":
      return runHook(effect.name, simulation, fails)
    case "patch":
    case "restore":
      return change(effect, simulation, fails)
    case "prove":
      return () => {
        const failure = fails || isDown(simulation.world) ? broken : null
        if (failure === null) simulation.checkChange()
        return { type: "recorded", workload: workloadText(effect.ref), failure }
      }
    case "examine":
      return orLost(() => ({
        type: "examined",
        clues: { workload: workloadText(effect.ref), log: [], events: [] },
      }))
    case "delete-pod":
      deletePod(effect.name, simulation)
      return null
    case "delete-job":
      return orLost(deleteJob(effect, simulation, fails))
    case "tell":
    case "observe":
    case "follow-log":
      return null
  }
}

function check(ask: number, { world, scenario }: Simulation, fails: boolean): Act {
  const past = scenario.start === "back" ? release.image : null
  return () => {
    if (fails) return { type: "check-failed", ask, failure: broken }
    return { type: "checked", ask, targets: world.workloads.map((live) => checkedTarget(live, past)) }
  }
}

function lock({ world }: Simulation, fails: boolean): Act {
  return () => {
    if (fails || isDown(world)) return { type: "lock-refused", failure: broken }
    world.lock = "ours"
    world.renewedMs = world.nowMs
    return { type: "locked", renewAfterMs: 5_000 }
  }
}

/** Whether the API server answers nothing. */
function isDown({ nowMs, downUntilMs }: World): boolean {
  return nowMs < downUntilMs
}

function renew(ask: number, { world }: Simulation, fails: boolean): Act {
  return () => {
    if (isDown(world)) return { type: "lock-unsure", ask }
    if (world.lock === "others") return { type: "lock-lost", holder: "somebody" }
    // It may be renewed although the answer says that nobody knows.
    world.renewedMs = world.nowMs
    return { type: fails ? "lock-unsure" : "lock-renewed", ask }
  }
}

function unlock({ world }: Simulation, fails: boolean): Act {
  return () => {
    if (fails || isDown(world)) return { type: "unlocked", why: "it broke" }
    if (world.lock === "ours") world.lock = "free"
    return { type: "unlocked", why: null }
  }
}

function startBuild({ world }: Simulation, fails: boolean): Act {
  return () => {
    if (fails) return { type: "build-refused", failure: broken }
    world.build = build()
    return { type: "build-started", build: world.build }
  }
}

type Read = Extract<Effect, { do: "read-build" }>

function readBuild({ id, ask }: Read, simulation: Simulation, fails: boolean): Act {
  return () => {
    const { world, random } = simulation
    if (fails) {
      const reason = simulation.chance(0.1) ? "final" : simulation.chance(0.5) ? "throttled" : "passing"
      return { type: "build-unseen", ask, failure: broken, reason, random: random() }
    }
    if (world.build === null || world.build.id !== id) return { type: "build-missing", ask, random: random() }
    if (!world.build.complete && simulation.chance(0.2)) world.build = finished(world.build, simulation)
    const seen = world.build
    if (seen.retriedAs !== null) world.build = build({ id: seen.retriedAs, reseals: seen.reseals })
    return { type: "build-seen", ask, build: seen, random: random() }
  }
}

function finished({ id, reseals }: Build, simulation: Simulation) {
  if (!simulation.chance(simulation.scenario.odds.fail * 3)) return ended("SUCCEEDED", { id, reseals })
  const again = id === "shop:1" && simulation.chance(0.5)
  return ended("FAILED", { id, reseals, ...(again ? { retriedAs: "shop:2" } : {}) })
}

function runHook(hook: string, simulation: Simulation, fails: boolean): Act {
  const over = simulation.chance(0.5)
  simulation.happenSoon({ type: "hook-began", hook, job: `envseal-${hook}` })
  return () => (fails ? { type: "hook-failed", hook, failure: broken, over } : { type: "hook-ended", hook })
}

type Change = Extract<Effect, { do: "patch" | "restore" }>

function change(effect: Change, simulation: Simulation, fails: boolean): Act {
  const { do: did } = effect
  const workload = workloadText(effect.ref)
  const live = findLive(simulation.world, workload)
  const image = effect.to["app"] ?? ""
  const refuses = effect.do === "patch" && simulation.chance(0.2)
  return () => {
    if (isDown(simulation.world))
      return { type: "patch-failed", did, workload, failure: broken, foreign: false }
    simulation.checkChange()
    if (fails && refuses) return { type: "patch-failed", did, workload, failure: refused, foreign: false }
    const before = { app: live.image }
    if (live.gone) return { type: "patch-failed", did, workload, failure: broken, foreign: true }
    const theirs = effect.do === "restore" && live.image !== image && live.image !== effect.from["app"]
    if (theirs) return { type: "patch-failed", did, workload, failure: broken, foreign: true }
    // It may be taken although the answer says that it was not.
    if (!fails || simulation.chance(0.5)) setImage(live, image)
    if (fails) return { type: "patch-failed", did, workload, failure: broken, foreign: false }
    if (effect.do === "patch") live.foreign = false
    const changed = before.app !== image
    return {
      type: "patched",
      did,
      workload,
      before,
      given: { app: image },
      changed,
      generation: live.generation,
      staleDeadline: null,
    }
  }
}

function deletePod(name: string, { world }: Simulation): void {
  for (const live of world.workloads) {
    const index = live.pods.findIndex(({ id }) => `${live.ref.name}-${id}` === name)
    if (index >= 0) live.pods.splice(index, 1)
  }
}

function deleteJob(
  { name, uid }: Extract<Effect, { do: "delete-job" }>,
  simulation: Simulation,
  fails: boolean,
): Act {
  return () => {
    if (fails || isDown(simulation.world)) return { type: "job-deleted", uid, failure: refused }
    simulation.checkChange()
    for (const live of simulation.world.workloads) if (live.job?.name === name) live.job = null
    return { type: "job-deleted", uid, failure: null }
  }
}
