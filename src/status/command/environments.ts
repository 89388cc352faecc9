import type { CommandLog } from "../../cli/log.ts"
import { type ConfigOption, configOf } from "../../cli/settings.ts"
import { demand } from "../../config/demand.ts"
import { environmentOf } from "../../config/load.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import type { DeployedEnvironment } from "../run/ports.ts"

const purpose = "envseal status"

/**
 * The environments that are asked for, in that order; all that are deployed to when none is named.
 *
 * @throws EnvsealError `USAGE` for a name that the file does not have, `CONFIG_MALFORMED` when one that is named has
 * no cluster or no workloads, or none has, and what reading the settings throws.
 */
export async function environmentsOf(
  names: readonly string[],
  options: ConfigOption,
  log: CommandLog,
): Promise<readonly DeployedEnvironment[]> {
  const file = await configOf(options)
  if (names.length > 0) return [...new Set(names)].map((name) => demanded(environmentOf(file, name)))
  const all = [...file.environments.values()]
  const deployed = all.filter(isDeployed)
  if (deployed.length === 0) return all.map(demanded)
  for (const { name } of all.filter((one) => !isDeployed(one))) {
    log.note(`${name} is left out: it has no cluster or no workloads`)
  }
  return deployed.map(demanded)
}

function demanded(settings: EnvironmentSettings): DeployedEnvironment {
  return demand(settings, ["cluster", "workloads"], purpose)
}

function isDeployed({ cluster, workloads }: EnvironmentSettings): boolean {
  return cluster !== null && workloads.length > 0
}
