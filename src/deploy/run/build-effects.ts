import type { EnvironmentSettings } from "../../config/settings.ts"
import { resealVariable } from "../../core/build.ts"
import type { Happening } from "../core/event.ts"
import type { Plan } from "../core/plan.ts"
import type { ResealOrigin } from "../core/reseal-origin.ts"
import { failureOf } from "./failure.ts"
import type { DeployPorts } from "./ports.ts"

/** What a build is started for. */
export interface WantedBuild {
  readonly plan: Plan
  readonly settings: EnvironmentSettings
  /** Unique to the run. */
  readonly token: string
}

/**
 * Starts the run's build, only once however often it is called.
 *
 * @param origin what it is to reseal instead of building; `null` to build.
 * @returns `build-started` or `build-refused`.
 */
export async function startBuild(
  { plan, settings, token }: WantedBuild,
  origin: ResealOrigin | null,
  { builder }: Pick<DeployPorts, "builder">,
): Promise<Happening> {
  const { project = "", variables: usual = {} } = settings.build ?? {}
  const sourceVersion = plan.start.type === "build" ? plan.start.commit : (origin?.commit ?? null)
  const variables = origin === null ? usual : { ...usual, [resealVariable]: origin.digest }
  try {
    const build = await builder.start({ project, sourceVersion, variables, token })
    return { type: "build-started", build }
  } catch (error) {
    return { type: "build-refused", failure: failureOf(error) }
  }
}

/** Failed requests that say nothing about the build; after any other failure it cannot be followed. */
const reasons: Readonly<Record<string, "throttled" | "passing">> = {
  THROTTLED: "throttled",
  REMOTE_FAILED: "passing",
}

/** @returns `build-seen`, `build-missing` or `build-unseen`, with the number of the question. */
export async function readBuild(
  id: string,
  ask: number,
  ports: Pick<DeployPorts, "builder" | "random">,
): Promise<Happening> {
  const random = ports.random()
  try {
    const build = await ports.builder.read(id)
    if (build === null) return { type: "build-missing", ask, random }
    return { type: "build-seen", ask, build, random }
  } catch (error) {
    const failure = failureOf(error)
    return { type: "build-unseen", ask, failure, reason: reasons[failure.code] ?? "final", random }
  }
}

/** @returns `build-stopped`, with why it could not be stopped. */
export async function stopBuild(id: string, { builder }: Pick<DeployPorts, "builder">): Promise<Happening> {
  try {
    await builder.stop(id)
    return { type: "build-stopped", failure: null }
  } catch (error) {
    return { type: "build-stopped", failure: failureOf(error) }
  }
}
