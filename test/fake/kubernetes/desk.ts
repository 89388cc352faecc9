import { Authentication } from "./authentication.ts"
import { Authority } from "./certificate.ts"
import type { Clock } from "./clock.ts"
import { createCluster } from "./cluster.ts"
import { Failures } from "./failures.ts"
import type { Desk } from "./server.ts"
import { checkSetup, type Setup } from "./setup.ts"
import { WatchHub } from "./watch-hub.ts"

/** A cluster that has done nothing yet, and all that its API server answers from. @throws Error for a setup that could not be */
export function createDesk(setup: Setup, clock: Clock): Desk {
  checkSetup(setup)
  const cluster = createCluster(setup, clock)
  const authority = new Authority()
  return {
    setup,
    cluster,
    hub: new WatchHub(cluster.store, clock, setup.pace.bookmarkMs),
    authority,
    authentication: new Authentication(setup.users, authority, clock, setup.tokenWebhook),
    failures: new Failures(),
    log: [],
    execInfos: [],
  }
}
