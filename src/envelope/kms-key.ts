import { kmsKeyArn } from "../core/grammar.ts"

/** The parts of the ARN of a KMS key (KMS developer guide, "Key identifiers"). */
export interface KeyArn {
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly id: string
}

const aliasGrammar = /^(?:arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{1,30}:\d{12}:)?alias\/[A-Za-z0-9/_-]{1,250}$/
const idGrammar = /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** @returns `null` for what is not the ARN of a key, an alias's included. */
export function parseKeyArn(text: string): KeyArn | null {
  const [, partition, region, account, id] = kmsKeyArn.exec(text) ?? []
  if (partition === undefined || region === undefined || account === undefined || id === undefined)
    return null
  return { partition, region, account, id }
}

/** True for what KMS takes as a `KeyId`: ARN or id of a key, ARN or name of an alias. */
export function isKeyId(text: string): boolean {
  return parseKeyArn(text) !== null || aliasGrammar.test(text) || idGrammar.test(text)
}

/**
 * True when two ARNs are one key: the same text, or related multi-Region keys, which share their id and their
 * material (KMS developer guide, "Multi-Region keys").
 */
export function isSameKey(one: string, other: string): boolean {
  if (one === other) return true
  const [a, b] = [parseKeyArn(one), parseKeyArn(other)]
  if (a === null || b === null || !isMultiRegion(a)) return false
  return a.id === b.id && a.account === b.account && a.partition === b.partition
}

/** The ARN to use from a Region: a multi-Region key's replica there, any other key where it is. */
export function arnForRegion(arn: string, region: string | null): string {
  const key = parseKeyArn(arn)
  if (key === null || region === null || !isMultiRegion(key)) return arn
  return `arn:${key.partition}:kms:${region}:${key.account}:key/${key.id}`
}

function isMultiRegion({ id }: KeyArn): boolean {
  return id.startsWith("mrk-")
}
