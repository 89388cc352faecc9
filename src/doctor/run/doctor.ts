import type { Config } from "../../config/load.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import type { Finding } from "../core/finding.ts"
import { sharing } from "../core/key-rights.ts"
import { judgeAsBuild, learnAsBuild } from "./build.ts"
import { judgeAsDeployer, learnAsDeployer } from "./deployer.ts"
import { judgeOffline, judgeRepositoryFiles, learnRepository } from "./offline.ts"
import { judgeAsPod, learnAsPod } from "./pod.ts"
import type { BuildPorts, DeployerPorts, PodPorts, RepositoryPorts } from "./ports.ts"

/** Whose links are looked at. */
export type As = "build" | "pod" | "deployer"

/** The links of one thing. */
export interface Section {
  /** Name of the environment; `null` for the repository, which all of them share. */
  readonly environment: string | null
  readonly findings: readonly Finding[]
}

/** How to reach what an environment is asked about; each environment has its own Region and credentials. */
export interface DoctorPorts {
  readonly repository: RepositoryPorts
  deployer(settings: EnvironmentSettings): Promise<DeployerPorts>
  build(settings: EnvironmentSettings): Promise<BuildPorts>
  pod(settings: EnvironmentSettings): Promise<PodPorts>
}

/** Examines environments of a settings file, all at once. Sections are in the order of `wanted`. */
export function examine(
  wanted: readonly EnvironmentSettings[],
  { environments }: Config,
  as: As,
  ports: DoctorPorts,
): Promise<readonly Section[]> {
  const all = [...environments.values()]
  return Promise.all(
    wanted.map(async (settings) => ({
      environment: settings.name,
      findings: await examineOne(settings, sharing(settings, all), as, ports),
    })),
  )
}

async function examineOne(
  settings: EnvironmentSettings,
  shared: readonly string[],
  as: As,
  ports: DoctorPorts,
): Promise<readonly Finding[]> {
  switch (as) {
    case "deployer":
      return judgeAsDeployer(settings, await learnAsDeployer(settings, await ports.deployer(settings)))
    case "build":
      return judgeAsBuild(settings, await learnAsBuild(settings, await ports.build(settings)), shared)
    case "pod":
      return judgeAsPod(settings, await learnAsPod(settings, await ports.pod(settings)), shared)
  }
}

/** Examines what the repository holds of environments, and asks nobody. */
export async function examineOffline(
  wanted: readonly EnvironmentSettings[],
  ports: RepositoryPorts,
): Promise<readonly Section[]> {
  const facts = await learnRepository(wanted, ports)
  return [
    { environment: null, findings: judgeRepositoryFiles(wanted, facts) },
    ...wanted.map((settings) => ({ environment: settings.name, findings: judgeOffline(settings, facts) })),
  ]
}

/** Whether any link is broken. */
export function isBroken(sections: readonly Section[]): boolean {
  return sections.some(({ findings }) => findings.some(({ answer }) => answer === "no"))
}
