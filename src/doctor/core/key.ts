import type { EnvironmentSettings } from "../../config/settings.ts"
import { isSameKey, parseKeyArn } from "../../envelope/kms-key.ts"
import type { KeyDescription } from "../../ports/keys.ts"
import { after, type Fact, unknown } from "./fact.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "./finding.ts"
import { advice, aws, awsText, commandLine, type Remedy, setTo, settingPlace } from "./remedy.ts"

/** A KMS key that envelopes are wrapped under. */
export interface SealingKey {
  /** As the recipient names it: ARN or id of a key, ARN or name of an alias. */
  readonly keyId: string
  /** Which of the recipients it is. */
  readonly at: number
}

/** The KMS keys among the recipients. */
export function sealingKeys({ recipients }: EnvironmentSettings): readonly SealingKey[] {
  return recipients.flatMap((recipient, at) =>
    recipient.startsWith("aws-kms:") ? [{ keyId: recipient.slice("aws-kms:".length), at }] : [],
  )
}

/** A key for a line: the name of an alias, or the id. */
export function keyText(keyId: string): string {
  return keyId.replace(/^arn:.*?:(?:key\/)?(?=[^:]*$)/, "")
}

export function keySubjects(
  keyId: string,
): readonly [LinkSubject, LinkSubject, LinkSubject, LinkSubject, LinkSubject] {
  const about = keyText(keyId)
  return [
    of("key", about),
    of("key.state", about),
    of("key.kind", about),
    of("key.account", about),
    of("key.pin", about),
  ]
}

/** Whether a key that envelopes are wrapped under is there, can be used, and is the one that is meant. */
export function judgeKey(
  settings: EnvironmentSettings,
  key: SealingKey,
  description: Fact<KeyDescription | null>,
): readonly Finding[] {
  const [subject, ...parts] = keySubjects(key.keyId)
  const place = inRegionOf(settings, key.keyId)
  if (!description.known) return judgeByName(place, key, description)
  const found = description.value
  if (found === null) {
    const missing = no(subject, "does not exist in this account and Region", createKey(place, key))
    return [missing, ...after(missing, parts, () => [])]
  }
  const [state, kind, account, pin] = parts
  const isRight = judgeKind(place, key, found, kind)
  return [
    ok(subject, found.arn),
    judgeState(place, found, state),
    isRight,
    ...after(isRight, [account, pin], () => [
      judgeAccountOf(settings, found, account),
      judgePin(place, key, found, pin),
    ]),
  ]
}

/** What the name of a key tells of it: an ARN has its account, and can be compared with those that are pinned. */
function judgeByName(
  settings: EnvironmentSettings,
  key: SealingKey,
  description: Extract<Fact<unknown>, { known: false }>,
): readonly Finding[] {
  const [subject, state, kind, account, pin] = keySubjects(key.keyId)
  const arn = parseKeyArn(key.keyId)
  const unseen = (one: LinkSubject) => unknown(one, description, "kms:DescribeKey")
  const byArn =
    arn === null
      ? [unseen(account), unseen(pin)]
      : [
          judgeAccountOf(settings, { arn: key.keyId, account: arn.account }, account),
          judgePin(settings, key, { arn: key.keyId }, pin),
        ]
  return [unseen(subject), unseen(state), unseen(kind), ...byArn]
}

function createKey(settings: EnvironmentSettings, { keyId }: SealingKey): Remedy {
  const alias = aliasOf(keyId)
  if (alias === null) return advice("name a key that is there under recipients")
  return giveAlias(settings, alias, settings.kmsKeys[0] ?? null)
}

/** @param pinned ARN of the key that gets it; `null` for a new one. */
function giveAlias(settings: EnvironmentSettings, alias: string, pinned: string | null): Remedy {
  const target =
    pinned === null
      ? `"$(${awsText(settings, "kms", "create-key", "--query", "KeyMetadata.KeyId", "--output", "text")})"`
      : (parseKeyArn(pinned)?.id ?? pinned)
  const create = awsText(settings, "kms", "create-alias", "--alias-name", alias, "--target-key-id")
  return commandLine(`${create} ${target}`)
}

function judgeState(
  settings: EnvironmentSettings,
  { arn, state }: KeyDescription,
  subject: LinkSubject,
): Finding {
  if (state === "Enabled") return ok(subject, state)
  return no(subject, `${state}: no envelope can be sealed or opened`, ...revive(settings, arn, state))
}

/** What makes a key usable again; one whose deletion is cancelled is disabled (KMS developer guide, "Key states"). */
export function revive(settings: EnvironmentSettings, keyArn: string, state: string): readonly Remedy[] {
  const on = (operation: string) => aws(settings, "kms", operation, "--key-id", keyArn)
  if (state === "Disabled") return [on("enable-key")]
  if (state === "PendingDeletion") return [on("cancel-key-deletion"), on("enable-key")]
  return [
    advice(
      `wait until it is Enabled, or give it its material: ${awsText(settings, "kms", "describe-key", "--key-id", keyArn)}`,
    ),
  ]
}

function judgeKind(
  settings: EnvironmentSettings,
  key: SealingKey,
  { usage, spec, arn }: KeyDescription,
  subject: LinkSubject,
): Finding {
  if (usage === "ENCRYPT_DECRYPT" && spec === "SYMMETRIC_DEFAULT") return ok(subject, "symmetric, to encrypt")
  const text = `is ${spec} for ${usage}, and envelopes need a symmetric key to encrypt`
  const alias = aliasOf(key.keyId)
  const other = settings.kmsKeys.find((pinned) => !isSameKey(pinned, arn))
  if (alias !== null) {
    // An alias can be moved to a key of the same kind alone (KMS API reference, "UpdateAlias").
    const free = aws(settings, "kms", "delete-alias", "--alias-name", alias)
    return no(subject, text, free, giveAlias(settings, alias, other ?? null))
  }
  const place = settingPlace(settings, `recipients.${key.at}`)
  return no(
    subject,
    text,
    other === undefined ? advice(`name a symmetric key at ${place}`) : pointTo(settings, key, other),
  )
}

/** A key of another account is right when it is pinned: it was meant. */
function judgeAccountOf(
  settings: EnvironmentSettings,
  { arn, account }: Pick<KeyDescription, "arn" | "account">,
  subject: LinkSubject,
): Finding {
  if (settings.account === null) return unchecked(subject, `${account}; account is not in envseal.yaml`)
  if (account === settings.account) return ok(subject, account)
  if (settings.kmsKeys.some((pinned) => isSameKey(pinned, arn)))
    return ok(subject, `${account}, as kmsKeys says`)
  return no(
    subject,
    `is of ${account}, and the environment is in ${settings.account}; when that is meant, pin it`,
    setTo(settings, "kmsKeys", [...settings.kmsKeys, arn]),
  )
}

function judgePin(
  settings: EnvironmentSettings,
  key: SealingKey,
  { arn }: Pick<KeyDescription, "arn">,
  subject: LinkSubject,
): Finding {
  const [first] = settings.kmsKeys
  if (first === undefined) return unchecked(subject, "kmsKeys is not in envseal.yaml")
  if (settings.kmsKeys.some((pinned) => isSameKey(pinned, arn))) return ok(subject, "has it")
  return no(
    subject,
    `it is ${arn}, which kmsKeys does not have: no pod would open it`,
    pointTo(settings, key, first),
  )
}

/** Makes the recipient mean a key that is pinned. */
function pointTo(settings: EnvironmentSettings, { keyId, at }: SealingKey, pinned: string): Remedy {
  const alias = aliasOf(keyId)
  if (alias === null) return setTo(settings, `recipients.${at}`, `aws-kms:${pinned}`)
  return aws(
    settings,
    ...["kms", "update-alias", "--alias-name", alias],
    ...["--target-key-id", parseKeyArn(pinned)?.id ?? pinned],
  )
}

function aliasOf(keyId: string): string | null {
  return /(?:^|:)(alias\/[^:]+)$/.exec(keyId)?.[1] ?? null
}

/** The environment, in the Region of the key where its name tells it. */
export function inRegionOf(settings: EnvironmentSettings, keyId: string): EnvironmentSettings {
  const region = /^arn:[^:]+:kms:([a-z0-9-]+):/.exec(keyId)?.[1]
  return region === undefined ? settings : { ...settings, region }
}
