import type { EnvironmentSettings } from "../../config/settings.ts"
import { parseKeyArn } from "../../envelope/kms-key.ts"
import type { KeyPermission, KeyUse } from "../../ports/keys.ts"
import { type Fact, unknown } from "./fact.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "./finding.ts"
import { keyText } from "./key.ts"
import { grantRole, setKeyPolicy } from "./policy-remedy.ts"
import { advice, aws, type Remedy } from "./remedy.ts"

/** Whose rights are looked at. */
export interface Holder {
  readonly as: "build" | "pod"
  /** Environments that use the key too. */
  readonly shared: readonly string[]
}

export function keyRightSubjects(keyId: string): Readonly<Record<KeyUse, LinkSubject>> {
  const about = keyText(keyId)
  return { encrypt: of("key.encrypt", about), decrypt: of("key.decrypt", about) }
}

/** Whether a role can just encrypt, as the build's does, or just decrypt, as the pods' does. */
export function judgeKeyRights(
  settings: EnvironmentSettings,
  keyId: string,
  { as, shared }: Holder,
  rights: Readonly<Record<KeyUse, Fact<KeyPermission>>>,
): readonly Finding[] {
  const subjects = keyRightSubjects(keyId)
  const [own, other]: readonly [KeyUse, KeyUse] =
    as === "build" ? ["encrypt", "decrypt"] : ["decrypt", "encrypt"]
  const key = keyArnOf(settings, keyId)
  const can = judgeOwn(settings, subjects[own], rights[own], { as, shared, key })
  return [can, judgeOther(settings, subjects[other], rights[other], { as, shared, key })]
}

interface HeldKey extends Holder {
  /** ARN, or what else names it where that is not known. */
  readonly key: string
}

function judgeOwn(
  settings: EnvironmentSettings,
  subject: LinkSubject,
  right: Fact<KeyPermission>,
  { as, shared, key }: HeldKey,
): Finding {
  if (!right.known && right.error?.code === "KEY_UNUSABLE")
    return no(subject, right.why, unusable(settings, right, key))
  if (!right.known) return unknown(subject, right, "KMS")
  if (right.value.allowed) return ok(subject, "allowed, under this context")
  // Either can be what lacks it: the role's policy counts only where the key's lets it.
  return no(
    subject,
    `denied: ${right.value.why}`,
    grantRole(settings, as),
    setKeyPolicy(settings, key, shared),
  )
}

/** What the failure says to do; for a key that is disabled, as a command. */
function unusable(
  settings: EnvironmentSettings,
  { error, why }: Extract<Fact<unknown>, { known: false }>,
  key: string,
): Remedy {
  if (/is disabled$/.test(why)) return aws(settings, "kms", "enable-key", "--key-id", key)
  return advice(error?.hint ?? "look at the key: envseal doctor")
}

function judgeOther(
  settings: EnvironmentSettings,
  subject: LinkSubject,
  right: Fact<KeyPermission>,
  { as, shared, key }: HeldKey,
): Finding {
  if (!right.known && right.error?.code === "KEY_UNUSABLE")
    return unchecked(subject, "nobody can use the key")
  if (!right.known) return unknown(subject, right, "KMS")
  if (!right.value.allowed) return ok(subject, "denied, as it should be")
  const what = as === "build" ? "a build could open what it sealed" : "a pod could seal"
  return no(subject, `allowed: ${what}`, setKeyPolicy(settings, key, shared))
}

/** A key's policy is set by the key's own name: an alias leads to it only where the settings pin one key. */
function keyArnOf({ kmsKeys }: EnvironmentSettings, keyId: string): string {
  const [first, ...others] = kmsKeys
  if (parseKeyArn(keyId) !== null || first === undefined || others.length > 0) return keyId
  return first
}

/** Other environments that seal under one of the keys of this one. */
export function sharing(
  { name, recipients, kmsKeys }: EnvironmentSettings,
  environments: readonly EnvironmentSettings[],
): readonly string[] {
  const own = new Set([...recipients, ...kmsKeys.map((key) => `aws-kms:${key}`)])
  return environments
    .filter((other) => other.name !== name)
    .filter((other) =>
      [...other.recipients, ...other.kmsKeys.map((key) => `aws-kms:${key}`)].some((key) => own.has(key)),
    )
    .map((other) => other.name)
}
