import { type CommandLog, makeLog } from "../../cli/log.ts"
import type { CommonOptions } from "../../cli/options.ts"
import {
  printJson,
  printPainted,
  stderrIsTerminal,
  stdoutColumns,
  stdoutIsTerminal,
} from "../../cli/output.ts"
import type { ConfigOption } from "../../cli/settings.ts"
import { makeStatusPorts } from "../../cli/wiring/status.ts"
import { nameList } from "../../core/text.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import type { EnvironmentStatus } from "../core/status.ts"
import type { DeployedEnvironment } from "../run/ports.ts"
import { documentOf, staleStatusOf, statusOf, unknownSecrets } from "../view/document.ts"
import type { WatchedEnvironment } from "../view/view.ts"
import { followUntilSignal, logBeside } from "./follow.ts"

export interface StatusOptions extends CommonOptions, ConfigOption {
  readonly watch: boolean
  /** Whether the exit status is about the secrets alone. */
  readonly exitStale: boolean
}

/**
 * Tells once what runs in the environments.
 *
 * @returns the exit status.
 */
export async function tellStatus(
  environments: readonly DeployedEnvironment[],
  { json = false, exitStale, ...options }: StatusOptions,
): Promise<number> {
  const log = makeLog(options)
  const { lookAtEnvironment } = await import("../run/watch.ts")
  const found = await Promise.all(
    environments.map(async (settings) => lookAtEnvironment(settings, await makeStatusPorts(settings, log))),
  )
  const document = documentOf(found, new Date())
  if (json) printJson(document)
  else await printTables(found)
  await reportFailures(found, json)
  if (!exitStale) return statusOf(document)
  for (const status of found) warnOfUnknown(status, log)
  return staleStatusOf(document)
}

function warnOfUnknown(status: EnvironmentStatus, log: CommandLog): void {
  const unknown = unknownSecrets(status)
  if (unknown.length === 0) return
  log.warn(
    `${status.environment}: which version of the secret is sealed in ${nameList(unknown)} is not known`,
  )
}

async function printTables(found: readonly EnvironmentStatus[]): Promise<void> {
  const [{ paintStdout, tablesOf }, { here }, { momentText }] = await Promise.all([
    import("../view/view.ts"),
    import("../../cli/here.ts"),
    import("../../core/moment.ts"),
  ])
  const now = here()
  const tell = (text: string) => momentText(text, now)
  const all = found.map((status) => ({ environment: status.environment, status }))
  // The errors stand below, each once.
  const saysWhyElsewhere = stdoutIsTerminal() && stderrIsTerminal()
  printPainted(tablesOf(all, { columns: stdoutColumns(), paint: paintStdout, tell, saysWhyElsewhere }))
}

/** Each failure once, with its hint. */
async function reportFailures(found: readonly EnvironmentStatus[], json: boolean): Promise<void> {
  const failures = found.flatMap((status) => status.failures)
  if (failures.length === 0) return
  const [{ reportFailure }, { errorOf }] = await Promise.all([
    import("../../cli/failure.ts"),
    import("../../deploy/run/failure.ts"),
  ])
  const distinct = new Map(failures.map((failure) => [textOf(failure), failure]))
  for (const failure of distinct.values()) reportFailure(errorOf(failure), json)
}

function textOf({ code, message }: DeployFailure): string {
  return `${code} ${message}`
}

/**
 * Tells what runs in the environments, and again what changes, until a signal ends it.
 *
 * @returns the exit status: that of the signal.
 */
export async function watchStatus(
  environments: readonly DeployedEnvironment[],
  { json = false, ...options }: StatusOptions,
): Promise<number> {
  const [{ statusViewOf }, { StatusWatch }] = await Promise.all([
    import("../view/view.ts"),
    import("../run/watch.ts"),
  ])
  const view = await statusViewOf(json)
  const log = logBeside((write) => view.beside(write), options)
  const all: WatchedEnvironment[] = environments.map(({ name }) => ({ environment: name, status: null }))
  view.show(all, null)
  const watch = async (settings: DeployedEnvironment, at: number, signal: AbortSignal) => {
    const tell = (status: EnvironmentStatus) => {
      all[at] = { environment: settings.name, status }
      view.show(all, status)
    }
    await new StatusWatch(settings, await makeStatusPorts(settings, log), tell).run(signal)
  }
  return followUntilSignal((signal) =>
    Promise.all(environments.map((settings, at) => watch(settings, at, signal))),
  )
}
