import { buildBegun, followBuild, leaveBuild } from "../build.ts"
import { andThen, end, fail, failWithoutLock, type PhaseModule, stay } from "../transition.ts"

/** Starts the build, and waits for the answer whatever happens: it says what has to be stopped or followed. */
export const starting: PhaseModule<"starting"> = {
  enter(state) {
    return stay(state, { do: "start-build", origin: state.origin })
  },

  on(state, event) {
    switch (event.type) {
      case "build-refused":
        return fail(state, event.failure)
      case "build-started": {
        const { build } = event
        return andThen(buildBegun({ ...state, build }, build), (next) => {
          const { start } = next.plan
          if (next.lock.status === "lost") return failWithoutLock(next)
          if (next.interrupt !== null) return leaveBuild(next, build.id)
          if ((start.type === "build" || start.type === "reseal") && start.detach)
            return end(next, { type: "detached" })
          return followBuild(next, build.id, { do: "follow-log", build })
        })
      }
      case "lock-lost":
      case "interrupted":
        return stay(state)
      default:
        return null
    }
  },
}
