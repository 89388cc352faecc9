import { answerIsNo, exitStatusOf } from "../../cli/exit.ts"
import { type CommandLog, makeLog } from "../../cli/log.ts"
import type { AwsOptions, CommonOptions } from "../../cli/options.ts"
import { printJson, printPainted, stdoutColumns } from "../../cli/output.ts"
import { makeClusterPorts } from "../../cli/wiring/status.ts"
import { type ClusterStatus, lookAtCluster } from "../run/cluster-apps.ts"
import type { ClusterWatchPorts } from "../run/ports.ts"
import { clusterLines } from "../view/cluster-table.ts"
import { paintStdout } from "../view/view.ts"
import { followUntilSignal, logBeside } from "./follow.ts"

export interface ClusterOptions extends CommonOptions, AwsOptions {
  readonly clusterContext?: string
  readonly namespace?: string
}

/**
 * Tells once what envseal deployed in a cluster.
 *
 * @returns the exit status.
 * @throws EnvsealError where the cluster cannot be asked.
 */
export async function tellCluster({ json = false, ...options }: ClusterOptions): Promise<number> {
  const ports = await portsOf(options, makeLog(options))
  const status = await lookAtCluster(options.namespace ?? null, ports, new Date())
  if (json) printJson(status)
  else printPainted(clusterLines(status, { columns: stdoutColumns(), paint: paintStdout }))
  await reportFailures(status, json)
  if (status.ok === false) return answerIsNo
  const [failure] = status.failures
  return failure === undefined ? 0 : exitStatusOf[failure.code]
}

/**
 * Tells what envseal deployed in a cluster, and again what changes, until a signal ends it.
 *
 * @returns the exit status: that of the signal.
 * @throws EnvsealError where nothing says how to reach the cluster.
 */
export async function watchCluster({ json = false, ...options }: ClusterOptions): Promise<number> {
  const [{ clusterViewOf }, { ClusterWatch }, { pauseMs, repeat }] = await Promise.all([
    import("../view/cluster-view.ts"),
    import("../run/cluster-watch.ts"),
    import("../run/repeat.ts"),
  ])
  const view = await clusterViewOf(json)
  const ports = await portsOf(
    options,
    logBeside((write) => view.beside(write), options),
  )
  const watch = new ClusterWatch(options.namespace ?? null, ports, (status) => view.show(status))
  return followUntilSignal((signal) =>
    Promise.all([watch.run(signal), repeat(ports.timer, pauseMs.ages, signal, async () => view.passTime())]),
  )
}

function portsOf(options: ClusterOptions, log: CommandLog): Promise<ClusterWatchPorts> {
  const { clusterContext = null, region = null, profile } = options
  const place = { region, profile: null, ...(profile === undefined ? {} : { givenProfile: profile }) }
  return makeClusterPorts(clusterContext, place, log)
}

async function reportFailures({ failures }: ClusterStatus, json: boolean): Promise<void> {
  if (failures.length === 0) return
  const [{ reportFailure }, { errorOf }] = await Promise.all([
    import("../../cli/failure.ts"),
    import("../../deploy/run/failure.ts"),
  ])
  for (const failure of failures) reportFailure(errorOf(failure), json)
}
