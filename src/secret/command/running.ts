import type { CommandLog } from "../../cli/log.ts"
import { makeStatusPorts } from "../../cli/wiring/status.ts"
import { demand } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { shellWord } from "../../core/shell.ts"

/** The version of the secret that a workload runs with. */
export interface RunningVersion {
  /** `deployment/web` */
  readonly workload: string
  /** `null` when it was not recorded. */
  readonly version: string | null
}

/** Longer than a cluster needs that is there. */
const limitMs = 15_000

/**
 * What runs in the environment, as `status` sees it, for who may look; it decides nothing.
 *
 * @param at which of the environment's secrets, from 0.
 * @returns `null` when that cannot be seen, which is told.
 */
export async function runningVersions(
  settings: EnvironmentSettings,
  at: number,
  log: CommandLog,
): Promise<readonly RunningVersion[] | null> {
  if (settings.cluster === null || settings.workloads.length === 0) return null
  const { lookAtEnvironment } = await import("../../status/run/watch.ts")
  const deployed = demand(settings, ["cluster", "workloads"], "envseal secret")
  try {
    const looking = makeStatusPorts(deployed, log).then((ports) => lookAtEnvironment(deployed, ports))
    const { workloads, failures } = await withinLimit(looking)
    if (workloads.length === 0) log.note(`what runs cannot be seen: ${failures[0]?.message ?? "no answer"}`)
    return workloads.map(({ workload, secret }) => ({ workload, version: secret.versions[at] ?? null }))
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    log.note(`what runs cannot be seen: ${error.message}`)
    return null
  }
}

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const over = () => reject(new EnvsealError("TIMED_OUT", "the cluster did not answer in time"))
  const timer = setTimeout(over, limitMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Says which version runs, and what rolls out the one that is current now. */
export async function tellRunning(
  {
    settings,
    at,
    versionId,
  }: { readonly settings: EnvironmentSettings; readonly at: number; readonly versionId: string },
  log: CommandLog,
): Promise<readonly RunningVersion[] | null> {
  const running = await runningVersions(settings, at, log)
  for (const { workload, version } of running ?? []) {
    const which = version === null ? "a version that was not recorded" : `version ${version}`
    log.note(`${workload} runs with ${version === versionId ? "this version" : which}`)
  }
  const command = `envseal deploy ${shellWord(settings.name)}`
  log.note(`roll it out: ${command}`)
  if (settings.build !== null)
    log.note(`or the secret alone, with the very code that runs: ${command} --reseal`)
  return running
}
