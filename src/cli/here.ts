import { nodeClock } from "../adapters/node/clock.ts"
import { type Here, hereOf } from "../core/moment.ts"

/** Now, for who reads it at this machine. */
export function here(): Here {
  return hereOf(nodeClock)
}
