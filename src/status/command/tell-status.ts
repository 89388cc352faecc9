import { constants } from "node:os"
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
import type { StatusView, WatchedEnvironment } from "../view/view.ts"

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
  const [{ statusViewOf }, { StatusWatch }, { takeSignals }] = await Promise.all([
    import("../view/view.ts"),
    import("../run/watch.ts"),
    import("../../adapters/node/interrupts.ts"),
  ])
  const view = await statusViewOf(json)
  const log = logBeside(view, options)
  const all: WatchedEnvironment[] = environments.map(({ name }) => ({ environment: name, status: null }))
  const over = new AbortController()
  view.show(all, null)
  const watches = environments.map(async (settings, at) => {
    const tell = (status: EnvironmentStatus) => {
      all[at] = { environment: settings.name, status }
      view.show(all, status)
    }
    await new StatusWatch(settings, await makeStatusPorts(settings, log), tell).run(over.signal)
  })
  const { promise: interrupted, resolve } = Promise.withResolvers<number>()
  const release = takeSignals((signal) => resolve(128 + constants.signals[signal]))
  try {
    // A person who presses Ctrl-C waits for no answer.
    return await Promise.race([interrupted, Promise.all(watches).then(() => interrupted)])
  } finally {
    over.abort()
    release()
  }
}

/** A message must not land inside the drawn frame. */
function logBeside(view: StatusView, options: CommonOptions): CommandLog {
  const log = makeLog(options)
  const beside = (tell: (text: string) => void) => (text: string) => view.beside(() => tell(text))
  return { note: beside(log.note), warn: beside(log.warn), debug: beside(log.debug) }
}
