import { formatArn, knownArn, parseArn } from "./arn.ts"
import { Fault } from "./fault.ts"
import type { Secret, World } from "./world.ts"

/** A secret as one Region has it. */
export interface RegionalSecret {
  readonly secret: Secret
  /** Its ARN in that Region. */
  readonly arn: string
  /** ARN of its own key in that Region, or `null` for the account's `aws/secretsmanager`. */
  readonly kmsKeyId: string | null
}

/** What a SecretId of a request stands for. */
export interface SecretReference {
  readonly found: RegionalSecret | null
  /** The secret's ARN, or one like it for a secret that is not there. */
  readonly arn: string
}

/** Looks a SecretId up: name, ARN, or ARN without its suffix. A name is one of the caller's account. */
export function resolveSecretId(
  world: World,
  secretId: string,
  region: string,
  account: string,
): SecretReference {
  const here = world.secrets.flatMap((secret) => inRegion(secret, region) ?? [])
  if (!secretId.startsWith("arn:")) {
    const found = here.find((one) => one.secret.name === secretId && knownArn(one.arn).account === account)
    return reference(found, `arn:aws:secretsmanager:${region}:${account}:secret:${secretId}`)
  }
  const arn = parseArn(secretId)
  if (arn?.service !== "secretsmanager" || !arn.resource.startsWith("secret:")) {
    throw new Fault("ValidationException", "Invalid ARN format.")
  }
  // A name that happens to end like a suffix is not completed: AWS documents it as a trap.
  const isComplete = /-[A-Za-z0-9]{6}$/.test(secretId)
  const found = here.find((one) => (isComplete ? one.arn : one.arn.slice(0, -7)) === secretId)
  return reference(found, secretId)
}

function reference(found: RegionalSecret | undefined, arn: string): SecretReference {
  return { found: found ?? null, arn: found?.arn ?? arn }
}

function inRegion(secret: Secret, region: string): RegionalSecret | null {
  const arn = knownArn(secret.arn)
  if (arn.region === region) return { secret, arn: secret.arn, kmsKeyId: secret.kmsKeyId ?? null }
  const replica = secret.replicas?.find((one) => one.region === region)
  if (replica === undefined) return null
  return { secret, arn: formatArn({ ...arn, region }), kmsKeyId: replica.kmsKeyId ?? null }
}
