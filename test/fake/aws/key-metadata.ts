import { knownArn } from "./arn.ts"
import { materialId } from "./ciphertext.ts"
import { idOf } from "./key-id.ts"
import type { Key, World } from "./world.ts"

const createdAt = Date.parse("2026-01-01T00:00:00Z") / 1000

/** The KeyMetadata of DescribeKey. */
export function describeKey(world: World, key: Key): object {
  const usage = key.usage ?? "ENCRYPT_DECRYPT"
  const spec = usage === "ENCRYPT_DECRYPT" ? "SYMMETRIC_DEFAULT" : "RSA_2048"
  const state = key.state ?? "Enabled"
  const isMultiRegion = idOf(key).startsWith("mrk-")
  return {
    AWSAccountId: knownArn(key.arn).account,
    Arn: key.arn,
    CreationDate: createdAt,
    ...(spec === "SYMMETRIC_DEFAULT" && { CurrentKeyMaterialId: materialId(idOf(key)) }),
    CustomerMasterKeySpec: spec,
    ...(state === "PendingDeletion" && { DeletionDate: createdAt + 1e9 }),
    Description: "",
    Enabled: state === "Enabled",
    ...(usage === "ENCRYPT_DECRYPT"
      ? { EncryptionAlgorithms: [spec] }
      : { SigningAlgorithms: ["RSASSA_PSS_SHA_256"] }),
    KeyId: idOf(key),
    KeyManager: "CUSTOMER",
    KeySpec: spec,
    KeyState: state,
    KeyUsage: usage,
    MultiRegion: isMultiRegion,
    ...(isMultiRegion && { MultiRegionConfiguration: multiRegion(world, key) }),
    Origin: state === "PendingImport" ? "EXTERNAL" : "AWS_KMS",
  }
}

// The first of the world is the primary.
function multiRegion(world: World, key: Key): object {
  const related = world.keys.filter((one) => idOf(one) === idOf(key))
  const [primary = key, ...replicas] = related
  return {
    MultiRegionKeyType: primary.arn === key.arn ? "PRIMARY" : "REPLICA",
    PrimaryKey: place(primary),
    ReplicaKeys: replicas.map(place),
  }
}

function place({ arn }: Key): object {
  return { Arn: arn, Region: knownArn(arn).region }
}
