import { EnvsealError } from "../../core/error.ts"
import { contextCondition, type Statement } from "../../core/iam.ts"
import type { Context } from "../../envelope/context.ts"
import { parseKeyArn } from "../../envelope/kms-key.ts"
import { pinnedContext } from "./pinned-context.ts"
import { type PolicyArn, policyArn, policyKeys } from "./policy-arn.ts"

/** What the policy of a key is made of. */
export interface KeyPolicyRequest {
  readonly context: Context
  /** ARNs of the keys; none where it is not known yet. */
  readonly kmsKeys: readonly string[]
  readonly buildRole: string | null
  readonly podRole: string | null
}

/** What an administrator of the key may do: everything but to use it, or to grant its use past this policy. */
const administration = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListKeyRotations",
  "kms:ListResourceTags",
  "kms:ListRetirableGrants",
  "kms:PutKeyPolicy",
  "kms:ReplicateKey",
  "kms:RevokeGrant",
  "kms:RotateKeyOnDemand",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
  "kms:UpdatePrimaryRegion",
]

/**
 * The key's own policy. The account gets no use of the key, so that no policy of IAM alone can grant it: who may
 * encrypt and who may decrypt stands here.
 */
export function keyStatements({ context, kmsKeys, buildRole, podRole }: KeyPolicyRequest): Statement[] {
  const builder = policyArn("iam", buildRole, "--build-role")
  const opener = policyArn("iam", podRole, "--pod-role")
  const account = accountOfKey(kmsKeys, [builder, opener])
  const pairs = contextCondition(pinnedContext(context))
  const use = (Sid: string, role: string, Action: string): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { AWS: role },
    Action,
    Resource: "*",
    Condition: pairs,
  })
  return [
    {
      Sid: "Administer",
      Effect: "Allow",
      Principal: { AWS: `arn:${builder.partition}:iam::${account}:root` },
      Action: administration,
      Resource: "*",
    },
    use("Seal", builder.text, "kms:Encrypt"),
    use("Open", opener.text, "kms:Decrypt"),
  ]
}

/** The one that owns the key. Its roles need not be of it. */
function accountOfKey(kmsKeys: readonly string[], roles: readonly PolicyArn[]): string {
  const owners =
    kmsKeys.length === 0
      ? roles.map((role) => role.account)
      : policyKeys(kmsKeys).map((text) => parseKeyArn(text)?.account ?? "")
  const [owner = "", ...others] = new Set(owners)
  if (others.length === 0) return owner
  const what = kmsKeys.length === 0 ? "--kms-key is missing, and the roles" : "--kms-key: the keys"
  throw new EnvsealError("USAGE", `${what} are of several accounts`, {
    hint: "print one policy for each account that has a key, with --kms-key and its ARN",
  })
}
