import { authorize } from "./authorize.ts"
import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { changeKey } from "./key-admin.ts"
import { resolveKeyId } from "./key-id.ts"
import { checkLength, readMembers } from "./members.ts"
import { authorizedKey } from "./usable-key.ts"
import type { Key } from "./world.ts"

const types = { AliasName: "text", TargetKeyId: "text" } as const

/** CreateAlias of KMS. */
export function createAlias(call: Call, caller: Caller): object {
  const { name, key } = read(call, caller, "CreateAlias")
  const { principal, region } = caller
  if (keyOf(call, caller, name) !== null) {
    const arn = `arn:aws:kms:${region}:${principal.account}:${name}`
    throw new Fault("AlreadyExistsException", `An alias with the name ${arn} already exists`)
  }
  changeKey(call.state, key, { aliases: [...(key.aliases ?? []), name] })
  return {}
}

/** DeleteAlias of KMS. */
export function deleteAlias(call: Call, caller: Caller): object {
  const { AliasName: name = "" } = readMembers(call.request.body, { AliasName: "text" })
  const { region, principal } = caller
  authorize(caller, {
    action: "kms:DeleteAlias",
    resource: `arn:aws:kms:${region}:${principal.account}:${name}`,
  })
  const { arn } = resolveKeyId(call.state.world, name, region, principal.account)
  const key = authorizedKey(call.state.world, caller, { operation: "DeleteAlias", keyId: arn, context: {} })
  changeKey(call.state, key, { aliases: (key.aliases ?? []).filter((one) => one !== name) })
  return {}
}

/** UpdateAlias of KMS, which has to be allowed on the key that the alias leaves as well. */
export function updateAlias(call: Call, caller: Caller): object {
  const { name, key } = read(call, caller, "UpdateAlias")
  const { region, principal } = caller
  const left = resolveKeyId(call.state.world, name, region, principal.account).key
  if (left === null || left.arn === key.arn) return {}
  authorizedKey(call.state.world, caller, { operation: "UpdateAlias", keyId: left.arn, context: {} })
  if ((left.usage ?? "ENCRYPT_DECRYPT") !== (key.usage ?? "ENCRYPT_DECRYPT")) {
    throw new Fault("ValidationException", `Alias ${name} cannot be moved to a key of another usage`)
  }
  changeKey(call.state, left, { aliases: (left.aliases ?? []).filter((one) => one !== name) })
  changeKey(call.state, key, { aliases: [...(key.aliases ?? []), name] })
  return {}
}

function read(call: Call, caller: Caller, operation: string): { readonly name: string; readonly key: Key } {
  const { AliasName: name = "", TargetKeyId } = readMembers(call.request.body, types)
  checkLength("aliasName", name, 1, 256)
  if (!/^alias\/(?!aws\/)[\w/-]+$/.test(name))
    throw new Fault("InvalidAliasNameException", `Bad alias ${name}`)
  const resource = `arn:aws:kms:${caller.region}:${caller.principal.account}:${name}`
  authorize(caller, { action: `kms:${operation}`, resource })
  if (TargetKeyId?.includes("alias/")) throw new Fault("InvalidArnException", `${TargetKeyId} is no key`)
  const key = authorizedKey(call.state.world, caller, { operation, keyId: TargetKeyId, context: {} })
  return { name, key }
}

function keyOf(call: Call, { region, principal }: Caller, name: string): Key | null {
  try {
    return resolveKeyId(call.state.world, name, region, principal.account).key
  } catch (error) {
    if (error instanceof Fault && error.code === "NotFoundException") return null
    throw error
  }
}
