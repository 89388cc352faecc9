import { answerIsNo, exitStatus } from "../../cli/exit.ts"
import { makeLog } from "../../cli/log.ts"
import type { AwsOptions, CommonOptions } from "../../cli/options.ts"
import { printJson, printPainted, stdoutColumns } from "../../cli/output.ts"
import { makeClusterPorts } from "../../cli/wiring/status.ts"
import { EnvsealError } from "../../core/error.ts"
import { nameList } from "../../core/text.ts"
import { type ClusterStatus, lookAtCluster } from "../run/cluster-apps.ts"
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
  const failure = failureOf(status)
  if (failure !== null) (await import("../../cli/failure.ts")).reportFailure(failure, json)
  if (status.ok === false) return answerIsNo
  return failure === null ? 0 : exitStatus(failure)
}

/** What could not be looked at; `null` for nothing. */
function failureOf({ unseen }: ClusterStatus): EnvsealError | null {
  if (unseen.length === 0) return null
  const kinds = nameList(unseen.map((kind) => `${kind}s`))
  return new EnvsealError("ACCESS_DENIED", `not everything is seen: you may not list ${kinds}`, {
    hint: "what is shown is whole but for them; to see all, ask for list on them",
  })
}
