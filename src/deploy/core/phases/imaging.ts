import { firstChange } from "../goal.ts"
import type { ReleaseImage } from "../plan.ts"
import type { ResealOrigin } from "../reseal-origin.ts"
import { fail, go, type PhaseModule, stay, tell } from "../transition.ts"

/** Finds the image in its registry. */
export const imaging: PhaseModule<"imaging"> = {
  enter(state) {
    return stay(state, { do: "find-image", from: state.phase.from })
  },

  on(state, event) {
    switch (event.type) {
      case "image-found": {
        const { image, commit, secretVersion, sealedAt } = event.release
        const told = tell({ type: "image", image, commit, secretVersion, sealedAt })
        const { origin } = state
        if (origin !== null) {
          return go(state, { name: "judging", release: withCodeOf(origin, event.release), origin }, told)
        }
        const found = { ...state, release: event.release }
        return go(found, firstChange(found), told)
      }
      case "image-refused":
        return fail(state, event.failure)
      default:
        return null
    }
  },
}

/** The build resealed: the code is that of what runs, whatever commit the build had its buildspec from. */
function withCodeOf({ commit, code }: ResealOrigin, release: ReleaseImage): ReleaseImage {
  return { ...release, commit, code }
}
