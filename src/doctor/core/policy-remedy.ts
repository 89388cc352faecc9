import type { EnvironmentSettings } from "../../config/settings.ts"
import { advice, awsWithPolicy, type Remedy } from "./remedy.ts"

/** The name that remedies give to the policy that envseal prints for a role. */
const policyName = "envseal"

/** Gives the deployer what `envseal policy deployer` prints. @param caller ARN of who asks; `null` when not known. */
export function grantDeployer(settings: EnvironmentSettings, caller: string | null): Remedy {
  const [, user] = /:user\/(?:.*\/)?([^/]+)$/.exec(caller ?? "") ?? []
  const [, role] = /:assumed-role\/([^/]+)\//.exec(caller ?? "") ?? []
  if (user !== undefined) {
    return awsWithPolicy(
      settings,
      "deployer",
      ...["iam", "put-user-policy", "--user-name", user, "--policy-name", policyName, "--policy-document"],
    )
  }
  // Roles of IAM Identity Center are changed by their permission set alone.
  if (role !== undefined && !role.startsWith("AWSReservedSSO_"))
    return putRolePolicy(settings, "deployer", role)
  return advice(`grant what this prints: envseal policy deployer -e ${settings.name}`)
}

/** Gives a role what envseal prints for it, in the place of what it gave before. */
export function grantRole(settings: EnvironmentSettings, kind: "build" | "pod"): Remedy {
  const role = /[^/]+$/.exec(settings.roles[kind] ?? "")?.[0]
  if (role === undefined)
    return advice(`give the role what this prints: envseal policy ${kind} -e ${settings.name}`)
  return putRolePolicy(settings, kind, role)
}

function putRolePolicy(
  settings: EnvironmentSettings,
  kind: "build" | "pod" | "deployer",
  role: string,
): Remedy {
  return awsWithPolicy(
    settings,
    kind,
    ...["iam", "put-role-policy", "--role-name", role, "--policy-name", policyName, "--policy-document"],
  )
}

/**
 * Gives a key the policy that `envseal policy key` prints.
 *
 * @param shared environments that use the key too: the policy of one would shut them out.
 */
export function setKeyPolicy(
  settings: EnvironmentSettings,
  keyArn: string,
  shared: readonly string[],
): Remedy {
  if (shared.length > 0) {
    return advice(
      `give the key the statements of envseal policy key -e ${settings.name}, beside those of ${shared.join(", ")}`,
    )
  }
  return awsWithPolicy(
    settings,
    "key",
    ...["kms", "put-key-policy", "--key-id", keyArn, "--policy-name", "default", "--policy"],
  )
}
