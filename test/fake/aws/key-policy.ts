import { arnOf, type Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { authorizeKey } from "./key-access.ts"
import { changeKey, ownKey } from "./key-admin.ts"
import { checkLength, readMembers } from "./members.ts"
import { listOf, type PolicyDocument } from "./policy.ts"
import { readPolicy } from "./policy-check.ts"
import type { Key, World } from "./world.ts"

const maxBytes = 32_768

/** GetKeyPolicy of KMS. */
export function getKeyPolicy(call: Call, caller: Caller): object {
  const { KeyId, PolicyName } = readMembers(call.request.body, { KeyId: "text", PolicyName: "text" })
  const key = ownKey(call, caller, "GetKeyPolicy", KeyId)
  checkPolicyName(PolicyName)
  return { Policy: JSON.stringify(key.policy, null, 2), PolicyName: "default" }
}

/** PutKeyPolicy of KMS. Who may use the key is decided by the new policy at once. */
export function putKeyPolicy(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    KeyId: "text",
    PolicyName: "text",
    Policy: "text",
    BypassPolicyLockoutSafetyCheck: "flag",
  })
  const key = ownKey(call, caller, "PutKeyPolicy", members.KeyId)
  checkPolicyName(members.PolicyName)
  checkLength("policy", members.Policy, 1, maxBytes)
  const policy = readPolicy(members.Policy ?? "", "resource")
  checkPrincipals(call.state.world, policy)
  if (members.BypassPolicyLockoutSafetyCheck !== true) checkLockout(caller, { ...key, policy })
  changeKey(call.state, key, { policy })
  return {}
}

function checkPolicyName(name: string | undefined): void {
  if (name === undefined || name === "default") return
  throw new Fault("NotFoundException", "No such policy exists")
}

// KMS keeps the ids of principals, so each has to be there when the policy is put.
function checkPrincipals(world: World, { Statement }: PolicyDocument): void {
  const known = new Set(world.roles.map((role) => arnOf(world, role)))
  const named = listOf(Statement).flatMap(({ Principal }) =>
    Principal === undefined || Principal === "*" ? [] : listOf(Principal.AWS),
  )
  if (named.every((name) => !/^arn:aws:iam::\d{12}:role\//.test(name) || known.has(name))) return
  throw new Fault(
    "MalformedPolicyDocumentException",
    "Policy contains a statement with one or more invalid principals.",
  )
}

function checkLockout(caller: Caller, key: Key): void {
  try {
    const use = { operation: "PutKeyPolicy", key, alias: null, context: {}, viaService: null }
    authorizeKey(caller, { ...use, namedBy: "key id" })
  } catch {
    throw new Fault(
      "MalformedPolicyDocumentException",
      "The new key policy will not allow you to update the key policy in the future.",
    )
  }
}
