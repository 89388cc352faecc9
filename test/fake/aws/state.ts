import { BuildBook } from "./build-book.ts"
import { BuildClock } from "./build-clock.ts"
import { BuildTokens } from "./build-token.ts"
import type { State } from "./exchange.ts"
import { LayerUploads } from "./layer-uploads.ts"
import type { World } from "./world.ts"
import { checkWorld } from "./world-check.ts"

/** A fake that has done nothing yet. @throws Fault for a world that could not be. */
export function createState(world: World): State {
  checkWorld(world)
  return {
    world,
    clock: new BuildClock(world.buildClock),
    builds: new BuildBook(),
    tokens: new BuildTokens(),
    uploads: new LayerUploads(),
  }
}

/**
 * Replaces members of the world. Builds that run go on as they began, and new projects begin with their first play.
 *
 * @throws Fault, with nothing changed, for a world that could not be.
 */
export function changeWorld(state: State, part: Partial<World>): void {
  const world = { ...state.world, ...part }
  checkWorld(world)
  state.world = world
  if (part.buildClock !== undefined) state.clock.set(part.buildClock)
  if (part.projects !== undefined) state.builds.rewind()
}
