import { shortImage } from "../../../core/workload.ts"
import { firstChange } from "../goal.ts"
import { type DeployFailure, failure, type ReleaseImage, resumedBuild } from "../plan.ts"
import { fail, go, type PhaseModule, stay, tell } from "../transition.ts"

/** Proves that the image of a reseal carries no other code than what runs. Nothing is changed before. */
export const judging: PhaseModule<"judging"> = {
  enter(state) {
    const { release, origin } = state.phase
    // One that is followed again may have come to its end before.
    if (release.image.endsWith(`@${origin.digest}`) && resumedBuild(state.plan.start) === null)
      return fail(state, notResealed(release))
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

/** To call that deployed would leave the configuration of before where it is. */
function notResealed({ build, image }: ReleaseImage): DeployFailure {
  return failure(
    "IMAGE_UNUSABLE",
    `build ${build} resealed nothing: its image is the one that runs, ${shortImage(image)}`,
    "have the buildspec export the image that envseal reseal prints",
  )
}
