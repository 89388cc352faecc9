/** The parts of an Amazon Resource Name. */
export interface Arn {
  readonly service: string
  readonly region: string
  readonly account: string
  /** What stands after the fifth colon, such as `key/1234` or `secret:shop-AbCdEf`. */
  readonly resource: string
}

/** @returns `null` for a text that is no ARN of the `aws` partition. */
export function parseArn(text: string): Arn | null {
  const [arn, partition, service, region, account, ...rest] = text.split(":")
  if (arn !== "arn" || partition !== "aws" || service === undefined) return null
  if (region === undefined || account === undefined || rest.length === 0) return null
  return { service, region, account, resource: rest.join(":") }
}

/** An ARN that has to be one because the world was checked. */
export function knownArn(text: string): Arn {
  const arn = parseArn(text)
  if (arn === null) throw new Error(`${text} is no ARN`)
  return arn
}

export function formatArn({ service, region, account, resource }: Arn): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`
}
