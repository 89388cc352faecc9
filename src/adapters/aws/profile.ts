import { exec } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { childEnvironment } from "../../core/child-environment.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Environment } from "../../ports/runtime.ts"
import type { RequestHandler } from "./http.ts"
import type { AwsIdentity } from "./identity.ts"
import type { AwsSettings } from "./settings.ts"

/** The profiles of the shared files by name, each with its settings. */
type Profiles = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>

/**
 * The credentials of a profile in the shared files, whichever way it gets them.
 *
 * @throws EnvsealError `NO_CREDENTIALS` when they would be those of the instance, and that is not allowed.
 */
export async function profileCredentials(
  name: string,
  settings: AwsSettings,
  requestHandler: RequestHandler,
): Promise<AwsIdentity> {
  const { region, environment, allowInstanceRole } = settings
  const { fromIni } = await import("@aws-sdk/credential-provider-ini")
  const { externalDataInterceptor, parseKnownFiles } = await import("@smithy/core/config")
  // A new login writes the files again.
  const files = { profile: name, ignoreCache: true }
  if (!allowInstanceRole) refuseInstanceRole(name, await parseKnownFiles(files))
  externalDataInterceptor.interceptToken("exec", programsWith(childEnvironment(environment)))
  const clientConfig = { requestHandler, maxAttempts: 1 }
  const provider = fromIni({
    ...files,
    clientConfig,
    // Not the Region of clientConfig, which would go before that of the profile and of its SSO.
    parentClientConfig: { ...clientConfig, ...(region === null ? {} : { region }) },
    ...instanceMetadata,
  })
  return provider().catch(hideProcess)
}

/** How the instance is asked: by IMDSv2 alone, once. */
export const instanceMetadata = { ec2MetadataV1Disabled: true, timeout: 1_000, maxRetries: 0 } as const

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

/** Whether the shared files give the default profile credentials, and not only a Region. */
export function hasDefaultProfile(environment: Environment): boolean {
  return sharedFiles(environment).some(givesDefault)
}

function givesDefault(path: string): boolean {
  const sections = textOf(path)
    .split(/^\s*\[/m)
    .filter((section) => /^\s*(?:profile\s+)?["']?default["']?\s*\]/.test(section))
  return sections.some((section) => credentialSettings.test(section))
}

/** @returns an empty text for what is no file, or not ours to read. */
function textOf(path: string): string {
  try {
    return statSync(path).isFile() ? readFileSync(path, "utf8") : ""
  } catch {
    return ""
  }
}

const credentialSettings =
  /^\s*(?:aws_access_key_id|role_arn|web_identity_token_file|credential_process|sso_\w+|login_session)\s*=/m

function sharedFiles(environment: Environment): string[] {
  const folder = join(homedir(), ".aws")
  return [
    environment["AWS_CONFIG_FILE"] || join(folder, "config"),
    environment["AWS_SHARED_CREDENTIALS_FILE"] || join(folder, "credentials"),
  ]
}
