import { workloadText } from "../../../core/workload.ts"
import { firstPhase } from "../goal.ts"
import type { CheckedTarget } from "../plan.ts"
import type { Target } from "../state.ts"
import { andThen, fail, go, type PhaseModule, stay, tell } from "../transition.ts"

/** Looks at account, cluster, rights and workloads; nothing is changed yet. */
export const checking: PhaseModule<"checking"> = {
  enter(state) {
    const { ask } = state.phase
    return stay({ ...state, asks: ask }, { do: "check", ask })
  },

  on(state, event) {
    if ((event.type !== "checked" && event.type !== "check-failed") || event.ask !== state.phase.ask)
      return null
    if (event.type === "check-failed") return fail(state, event.failure)
    const targets = event.targets.map(newTarget)
    const workloads = targets.map(({ text, live }) => ({ workload: text, images: live }))
    const told = stay({ ...state, targets }, tell({ type: "checked", workloads }))
    return andThen(told, (next) =>
      next.lock.status === "held" ? firstPhase(next) : go(next, { name: "locking", sinceMs: next.atMs }),
    )
  },
}

function newTarget({ ref, live, releases }: CheckedTarget): Target {
  return {
    ref,
    text: workloadText(ref),
    stage: "untouched",
    live,
    releases,
    before: live,
    to: live,
    wanted: { images: live, generation: 0, staleDeadline: null },
    verdict: null,
    sightings: {},
    best: 0,
    sinceMs: 0,
    movedAtMs: 0,
    most: 0,
    readySinceMs: null,
    provenAtMs: null,
    deaths: [],
    pastDeaths: null,
    stands: [],
    ending: 0,
    deleted: [],
    jobs: [],
    stuckBy: null,
    again: null,
  }
}
