import { answerIsNo } from "../../cli/exit.ts"
import { makeLog } from "../../cli/log.ts"
import type { AwsOptions, CommonOptions } from "../../cli/options.ts"
import { printJson, printPainted, stdoutColumns } from "../../cli/output.ts"
import { makeClusterPorts } from "../../cli/wiring/status.ts"
import { lookAtCluster } from "../run/cluster-apps.ts"
import { clusterLines } from "../view/cluster-table.ts"
import { paintStdout } from "../view/view.ts"

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
  const { clusterContext = null, namespace = null, region = null, profile } = options
  const place = { region, profile: null, ...(profile === undefined ? {} : { givenProfile: profile }) }
  const ports = await makeClusterPorts(clusterContext, place, makeLog(options))
  const status = await lookAtCluster(namespace, ports, new Date())
  if (json) printJson(status)
  else printPainted(clusterLines(status, { columns: stdoutColumns(), paint: paintStdout }))
  return status.ok ? 0 : answerIsNo
}
