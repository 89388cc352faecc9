import type { EnvironmentSettings } from "../../config/settings.ts"
import type { EditorPorts } from "../../secret/run/ports.ts"
import type { CommandLog } from "../log.ts"
import { deployerAws } from "./aws.ts"

/** The real world for who changes a secret. Each call has its own time limit: a person may think for long. */
export async function makeSecretPorts(settings: EnvironmentSettings, log: CommandLog): Promise<EditorPorts> {
  const aws = await deployerAws(settings, log)
  const [
    { nodeFiles },
    { givenVariable },
    { AwsSecretStore },
    { AwsSecretInspector },
    { AwsSecretWriter },
    { AwsAccountService },
  ] = await Promise.all([
    import("../../adapters/node/files.ts"),
    import("../../adapters/node/given.ts"),
    import("../../adapters/aws/secret-store.ts"),
    import("../../adapters/aws/secret-inspector.ts"),
    import("../../adapters/aws/secret-writer.ts"),
    import("../../adapters/aws/account.ts"),
  ])
  return {
    sealing: {
      files: nodeFiles,
      log,
      clock: { now: () => new Date() },
      environment: process.env,
      variable: givenVariable,
      keyService: null,
      secretStore: new AwsSecretStore(aws.settings, aws.credentials),
    },
    inspector: new AwsSecretInspector(aws.settings, aws.credentials),
    writer: new AwsSecretWriter(aws.settings, aws.credentials),
    account: new AwsAccountService(aws.settings, aws.credentials),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  }
}
