import { demand, type With } from "../../config/demand.ts"
import { checkAccount } from "../../deploy/run/check.ts"
import { existingImage } from "../../deploy/run/image.ts"
import { newestImage } from "../../deploy/run/newest-image.ts"
import type { AppliedPorts } from "../../setup/run/applied-manifests.ts"
import type { CommandLog } from "../log.ts"
import { deployerAws } from "./aws.ts"
import { connectCluster } from "./cluster.ts"

/**
 * The real world for manifests. AWS is asked for an image only when the cluster runs none.
 *
 * @param sharesProject whether another environment has the same build project, whose images could be meant as well.
 */
export async function appliedPorts(
  settings: With<"image" | "cluster" | "workloads">,
  sharesProject: boolean,
  log: CommandLog,
): Promise<AppliedPorts> {
  const aws = await deployerAws(settings, log)
  const [cluster, { nodeFiles }, { nodeFolders }, { nodeTimer }, adapters] = await Promise.all([
    connectCluster(settings, aws, log),
    import("../../adapters/node/files.ts"),
    import("../../adapters/node/folders.ts"),
    import("../../adapters/node/timer.ts"),
    Promise.all([
      import("../../adapters/aws/account.ts"),
      import("../../adapters/aws/builder.ts"),
      import("../../adapters/aws/registry.ts"),
    ]),
  ])
  const [{ AwsAccountService }, { AwsBuilder }, { AwsRegistry }] = adapters
  const registry = new AwsRegistry(aws.settings, aws.credentials)
  const account = new AwsAccountService(aws.settings, aws.credentials)
  return {
    ...{ cluster, log, files: nodeFiles, folders: nodeFolders },
    async named(text) {
      if (registry.knows(settings.image.repository)) await checkAccount({ settings }, { account })
      const signal = new AbortController().signal
      const found = await existingImage(text, settings.image, { registry, timer: nodeTimer, log }, signal)
      return found.image
    },
    async newest() {
      if (settings.build === null || sharesProject || !registry.knows(settings.image.repository)) return null
      await checkAccount({ settings }, { account })
      const builder = new AwsBuilder(aws.settings, aws.credentials)
      return newestImage(demand(settings, ["build", "image"], "envseal manifests"), { registry, builder })
    },
  }
}
