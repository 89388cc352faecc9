import { knownArn } from "./arn.ts"
import type { Caller } from "./caller.ts"
import type { Call, State } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { hidden } from "./key-access.ts"
import { readMembers } from "./members.ts"
import { authorizedKey, refuseState } from "./usable-key.ts"
import type { Key, KeyState } from "./world.ts"

/** EnableKey of KMS. A key that is enabled stays so. */
export function enableKey(call: Call, caller: Caller): object {
  return switchKey(call, caller, "EnableKey", "Enabled")
}

/** DisableKey of KMS. A key that is disabled stays so. */
export function disableKey(call: Call, caller: Caller): object {
  return switchKey(call, caller, "DisableKey", "Disabled")
}

function switchKey(call: Call, caller: Caller, operation: string, state: "Enabled" | "Disabled"): object {
  const { KeyId } = readMembers(call.request.body, { KeyId: "text" })
  const key = ownKey(call, caller, operation, KeyId)
  if (!["Enabled", "Disabled"].includes(key.state ?? "Enabled")) refuseState(key)
  changeKey(call.state, key, { state })
  return {}
}

/** CancelKeyDeletion of KMS. The key is disabled afterwards. */
export function cancelKeyDeletion(call: Call, caller: Caller): object {
  const { KeyId } = readMembers(call.request.body, { KeyId: "text" })
  const key = ownKey(call, caller, "CancelKeyDeletion", KeyId)
  if (key.state !== "PendingDeletion") refuseState(key)
  const state: KeyState = "Disabled"
  changeKey(call.state, key, { state })
  return { KeyId: key.arn }
}

/**
 * The key of a KeyId in the caller's own account, by its id or ARN: who administers a key can name it by no alias,
 * and not from another account.
 *
 * @throws Fault
 */
export function ownKey(call: Call, caller: Caller, operation: string, keyId: string | undefined): Key {
  if (keyId !== undefined) call.record.keyId = keyId
  if (keyId?.startsWith("alias/")) throw new Fault("NotFoundException", `Invalid keyId '${keyId}'`)
  if (keyId?.includes(":alias/")) throw new Fault("InvalidArnException", `${keyId} is not a valid key ARN.`)
  const key = authorizedKey(call.state.world, caller, { operation, keyId, context: {} })
  if (knownArn(key.arn).account !== caller.principal.account) throw hidden(caller, operation, "key id")
  return key
}

/** Changes one key of the world. Its replicas in other Regions have states and policies of their own. */
export function changeKey(state: State, { arn }: Key, part: Partial<Key>): void {
  const keys = state.world.keys.map((key) => (key.arn === arn ? { ...key, ...part } : key))
  state.world = { ...state.world, keys }
}
