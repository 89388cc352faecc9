import { exec } from "node:child_process"
import { promisify } from "node:util"
import { childEnvironment } from "../../core/child-environment.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { RequestHandler } from "./http.ts"
import type { AwsIdentity } from "./identity.ts"
import { instanceMetadata } from "./instance-metadata.ts"
import type { AwsSettings } from "./settings.ts"

/** The profiles of the shared files by name, each with its settings. */
type Profiles = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>

/**
 * The credentials of a profile in the shared files, whichever way it gets them.
 *
 * @throws EnvsealError `NO_CREDENTIALS` when they would be those of the instance, and that is not allowed.
 */
export async function profileCredentials(name: string, settings: AwsSettings): Promise<AwsIdentity> {
  const { region, environment, allowInstanceRole } = settings
  const { fromIni } = await import("@aws-sdk/credential-provider-ini")
  const { externalDataInterceptor, parseKnownFiles } = await import("@smithy/core/config")
  // A new login writes the files again.
  const files = { profile: name, ignoreCache: true }
  if (!allowInstanceRole) refuseInstanceRole(name, await parseKnownFiles(files))
  externalDataInterceptor.interceptToken("exec", programsWith(childEnvironment(environment)))
  const clientConfig = { requestHandler: new RequestHandler(), maxAttempts: 1 }
  const provider = fromIni({
    ...files,
    clientConfig,
    // Not the Region of clientConfig, which would go before that of the profile and of its SSO.
    parentClientConfig: { ...clientConfig, ...(region === null ? {} : { region }) },
    ...instanceMetadata,
  })
  return provider().catch(hideProcess)
}

/** Follows `source_profile` to where the credentials come from, as the SDK does. */
function refuseInstanceRole(name: string, profiles: Profiles): void {
  const visited = new Set<string>()
  for (let at: string | undefined = name; at !== undefined && !visited.has(at); ) {
    visited.add(at)
    const found: Profiles[string] = profiles[at]
    if (found?.["credential_source"] === "Ec2InstanceMetadata") throw instanceRoleRefused(name, at)
    at = found?.["source_profile"]
  }
}

function instanceRoleRefused(name: string, source: string): EnvsealError {
  const where = source === name ? "" : ` of its source profile ${printable(source)}`
  return new EnvsealError(
    "NO_CREDENTIALS",
    `profile ${printable(name)} takes the role of the instance (credential_source${where})`,
    { hint: "--allow-instance-role allows it; on EKS it is the node's role, which every pod on it shares" },
  )
}

/** What the SDK runs a `credential_process` by; its own gives the program all variables. */
function programsWith(env: Record<string, string>) {
  const run = (command: string) => promisify(exec)(command, { env })
  return Object.assign(run, { [promisify.custom]: run })
}

/** A program's failure is reported with its whole command line and output: either can hold a secret. */
function hideProcess(error: unknown): never {
  if (!(error instanceof Error) || !error.message.startsWith("Command failed")) throw error
  throw new Error("its credential_process failed")
}
