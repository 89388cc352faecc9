import { firstChange } from "../goal.ts"
import { fail, go, type PhaseModule, stay, tell } from "../transition.ts"

/** Proves that the image of a reseal carries no other code than what runs. Nothing is changed before. */
export const judging: PhaseModule<"judging"> = {
  enter(state) {
    const { release, origin } = state.phase
    return stay(state, { do: "prove-resealed", image: release.image, origin })
  },

  on(state, event) {
    switch (event.type) {
      case "resealed": {
        const found = { ...state, release: state.phase.release }
        return go(found, firstChange(found), tell({ type: "resealed", from: state.phase.origin.digest }))
      }
      case "image-refused":
        return fail(state, event.failure)
      default:
        return null
    }
  },
}
