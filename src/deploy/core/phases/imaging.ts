import { firstChange } from "../goal.ts"
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
        const found = { ...state, release: event.release }
        const told = tell({ type: "image", image, commit, secretVersion, sealedAt })
        return go(found, firstChange(found), told)
      }
      case "image-refused":
        return fail(state, event.failure)
      default:
        return null
    }
  },
}
