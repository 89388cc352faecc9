import type { BackStep } from "../core/plan.ts"
import { wayBack } from "../core/way-back.ts"
import { checkDeploy } from "./check.ts"
import { errorOf } from "./failure.ts"
import type { Run } from "./performer.ts"
import type { DeployPorts } from "./ports.ts"

/**
 * Where a rollback would lead. It is checked like the rollback itself, and changes nothing.
 *
 * @throws EnvsealError `NO_PREVIOUS_RELEASE` when it leads nowhere, `USAGE` when the name of the release is that of
 * several, and as `checkDeploy`.
 */
export async function findWayBack(run: Run, ports: DeployPorts): Promise<readonly BackStep[]> {
  const { start, environment } = run.plan
  const to = start.type === "back" ? start.to : null
  const way = wayBack(await checkDeploy(run, ports), { environment, to })
  if (way.type === "none") throw errorOf(way.failure)
  return way.steps
}
