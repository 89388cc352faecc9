import type { Play } from "./build-play.ts"
import { buildView } from "./build-view.ts"
import type { FailureRule } from "./failures.ts"
import type { Desk } from "./server.ts"
import { changeWorld } from "./state.ts"
import type { World } from "./world.ts"

/** What a fake can be asked, beside its services. */
export type Command =
  | { readonly do: "requests" | "clear-requests" | "clear-failures" | "world" | "builds" }
  | { readonly do: "advance"; readonly seconds: number }
  | { readonly do: "fail"; readonly rule: FailureRule }
  | { readonly do: "set-world"; readonly part: Partial<World> }
  | { readonly do: "end-build"; readonly build: string; readonly play: Play }

/** Does what a command says. @returns what it gives back, or `null`. @throws Error for one that cannot be done */
export function run({ state, failures, log }: Desk, command: Command): unknown {
  switch (command.do) {
    case "requests":
      return log
    case "clear-requests":
      log.length = 0
      return null
    case "fail":
      failures.add(command.rule)
      return null
    case "clear-failures":
      failures.clear()
      return null
    case "world":
      return state.world
    case "set-world":
      changeWorld(state, command.part)
      return null
    case "builds":
      return builds(state)
    case "end-build":
      state.builds.end(command.build, command.play, state.clock.now())
      return null
    case "advance":
      state.clock.advance(command.seconds)
      return state.clock.now()
    default:
      throw new Error(`unknown command ${(command as { do: string }).do}`)
  }
}

function builds(state: Desk["state"]): readonly object[] {
  const now = state.clock.now()
  return state.builds.all(now).map((record) => buildView(record, now))
}
