import type { EnvironmentSettings } from "../../config/settings.ts"
import { workloadText } from "../../core/workload.ts"
import { sharedBy } from "../core/own-workloads.ts"
import type { Site } from "../core/site.ts"
import { workloadsIn } from "./surroundings-look.ts"

/**
 * The service account that the pods of an environment have by their manifests.
 *
 * @returns nothing of it where those do not say it.
 */
export async function serviceAccountIn(
  repository: Parameters<typeof workloadsIn>[0],
  { workloads }: Pick<EnvironmentSettings, "workloads">,
): Promise<Partial<Pick<Site, "serviceAccount">>> {
  const texts = workloads.map(workloadText)
  const own = (await workloadsIn(repository)).filter(({ text }) => texts.includes(text))
  const serviceAccount = sharedBy(own, "serviceAccount")
  return serviceAccount === null ? {} : { serviceAccount }
}
