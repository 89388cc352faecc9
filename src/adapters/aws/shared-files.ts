import type { Environment } from "../../ports/runtime.ts"
import { existsSync, readTextSync, statSync } from "../system/file-calls.ts"
import { homeFolder } from "../system/home-folder.ts"
import { join } from "../system/paths.ts"

/** Whether there are files of the AWS CLI: what they say goes into every address and every credential. */
export function hasSharedFiles(environment: Environment): boolean {
  return sharedFiles(environment).some((path) => existsSync(path))
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
    return statSync(path).isFile() ? readTextSync(path) : ""
  } catch {
    return ""
  }
}

const credentialSettings =
  /^\s*(?:aws_access_key_id|role_arn|web_identity_token_file|credential_process|sso_\w+|login_session)\s*=/m

function sharedFiles(environment: Environment): string[] {
  const folder = join(environment["HOME"] || homeFolder(), ".aws")
  return [
    environment["AWS_CONFIG_FILE"] || join(folder, "config"),
    environment["AWS_SHARED_CREDENTIALS_FILE"] || join(folder, "credentials"),
  ]
}
