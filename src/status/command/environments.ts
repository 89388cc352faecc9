import { nodeFiles } from "../../adapters/node/files.ts"
import type { CommandLog } from "../../cli/log.ts"
import { demand } from "../../config/demand.ts"
import { environmentOf } from "../../config/load.ts"
import { loadConfig } from "../../config/read-settings.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { findSettingsFile, settingsMissing } from "../../config/settings-file.ts"
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
  config: string | undefined,
  log: CommandLog,
): Promise<readonly DeployedEnvironment[]> {
  const given = config ?? (process.env["ENVSEAL_CONFIG"] || null)
  const path = given ?? (await findSettingsFile(nodeFiles, true))
  if (path === null) throw settingsMissing(null, true)
  const file = await loadConfig(nodeFiles, { path, parents: true })
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
