import { type Command, Option } from "commander"
import { addEnvironmentsArgument } from "../../cli/environment-argument.ts"
import type { Invocation } from "../../cli/invocation.ts"
import { makeLog } from "../../cli/log.ts"
import { addAwsOptions, addJsonOption, addLogOptions } from "../../cli/options.ts"
import { addConfigOption } from "../../cli/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import type { ClusterOptions } from "./tell-cluster.ts"
import type { StatusOptions } from "./tell-status.ts"

export function addStatus(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("status")
    .description("what runs in each environment, and whether its secret is the current one")
    .addOption(
      new Option(
        "--cluster",
        "everything that envseal deployed in a cluster, without a settings file",
      ).conflicts(["config"]),
    )
    .option("--cluster-context <name>", "with --cluster: this context of the kubeconfig, not the current one")
    .option("--namespace <name>", "with --cluster: in this namespace alone")
    .option("-w, --watch", "go on and tell each change, until Ctrl-C", false)
    .addOption(
      new Option("--exit-stale", "for a scheduled check: the exit status tells of the secrets alone")
        .default(false)
        .conflicts(["watch", "cluster"]),
    )
  addEnvironmentsArgument(command, "environments of envseal.yaml (default: all that are deployed to)")
  addJsonOption(addLogOptions(addAwsOptions(addConfigOption(command))))
    .addHelpText(
      "after",
      `
Reads no value of a secret, and changes nothing. Ends with 3 when a workload
runs an old version of its secret, another image than the others or one that
envseal did not set, or does not run. With --exit-stale it ends with 3 only when
a secret is stale, or nothing says which version of it is sealed.

Examples:
  $ envseal status
  $ envseal status production --watch
  $ envseal status --exit-stale
  $ envseal status --cluster --watch`,
    )
    .action(async (names: readonly string[], options: StatusOptions & ClusterChoice) => {
      refuseMixture(names, options)
      if (options.cluster === true) {
        const { tellCluster, watchCluster } = await import("./tell-cluster.ts")
        outcome.status = await (options.watch ? watchCluster : tellCluster)(options)
        return
      }
      const [{ environmentsOf }, { tellStatus, watchStatus }] = await Promise.all([
        import("./environments.ts"),
        import("./tell-status.ts"),
      ])
      const environments = await environmentsOf(names, options, makeLog(options))
      outcome.status = await (options.watch ? watchStatus : tellStatus)(environments, options)
    })
}

interface ClusterChoice extends ClusterOptions {
  readonly cluster?: boolean
}

/** @throws EnvsealError `USAGE` for what has no meaning together. */
function refuseMixture(
  names: readonly string[],
  { cluster = false, clusterContext, namespace }: ClusterChoice,
) {
  if (cluster && names.length > 0)
    throw new EnvsealError("USAGE", "--cluster looks at all that is there, and an environment is named too", {
      hint: "leave one of them out; --namespace NAME looks at a part of a cluster",
    })
  if (!cluster && (clusterContext !== undefined || namespace !== undefined))
    throw new EnvsealError("USAGE", "--cluster-context and --namespace are for --cluster", {
      hint: "environments have theirs in envseal.yaml",
    })
}
