import { knownArn, parseArn } from "./arn.ts"
import { Fault } from "./fault.ts"
import type { Key, World } from "./world.ts"

/** What a KeyId of a request stands for. */
export interface KeyReference {
  /** `null` when there is no such key; whether the caller may know that is for the caller of this to decide. */
  readonly key: Key | null
  /** The key's ARN, or the one that it would have. */
  readonly arn: string
  /** The alias that it was asked by. */
  readonly alias: string | null
}

/**
 * Looks a KeyId up: key ARN, key id, alias name or alias ARN, in one Region. Without an ARN it is the caller's account.
 *
 * @throws NotFoundException for an alias or an id that cannot be.
 */
export function resolveKeyId(world: World, keyId: string, region: string, account: string): KeyReference {
  if (keyId.startsWith("arn:")) return byArn(world, keyId, region)
  if (keyId.startsWith("alias/")) return byAlias(world, keyId, region, account)
  return byId(world, keyId, region, account)
}

/** `1234abcd-…` or `mrk-…` */
export function idOf(key: Pick<Key, "arn">): string {
  return knownArn(key.arn).resource.slice("key/".length)
}

/** @returns the key of that id in that Region, whichever account it is in. */
export function keyById(world: World, id: string, region: string): Key | null {
  return world.keys.find((key) => idOf(key) === id && knownArn(key.arn).region === region) ?? null
}

function byArn(world: World, keyId: string, region: string): KeyReference {
  const arn = parseArn(keyId)
  if (arn === null || arn.service !== "kms") throw new Fault("NotFoundException", `Invalid arn ${keyId}`)
  if (arn.region !== region) throw new Fault("NotFoundException", `Invalid arn ${arn.region}`)
  if (arn.resource.startsWith("alias/")) return byAlias(world, arn.resource, region, arn.account)
  return byId(world, arn.resource.replace(/^key\//, ""), region, arn.account)
}

function byAlias(world: World, alias: string, region: string, account: string): KeyReference {
  const key = world.keys.find((one) => {
    const arn = knownArn(one.arn)
    return arn.region === region && arn.account === account && one.aliases?.includes(alias)
  })
  if (key === undefined) {
    const arn = `arn:aws:kms:${region}:${account}:${alias}`
    throw new Fault("NotFoundException", `Alias ${arn} is not found.`)
  }
  return { key, arn: key.arn, alias }
}

function byId(world: World, id: string, region: string, account: string): KeyReference {
  const isId = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
  if (!isId.test(id)) throw new Fault("NotFoundException", `Invalid keyId '${id}'`)
  const arn = `arn:aws:kms:${region}:${account}:key/${id}`
  return { key: world.keys.find((key) => key.arn === arn) ?? null, arn, alias: null }
}
