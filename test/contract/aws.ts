import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  KMSClient,
} from "@aws-sdk/client-kms"
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager"
import { describe, expect, test } from "vitest"

/** Somewhere that answers as AWS does. */
export interface Subject {
  readonly kms: KMSClient
  readonly secrets: SecretsManagerClient
  /** ARN of a symmetric key that these clients may use, and an alias of it. */
  readonly keyArn: string
  readonly alias: string
}

/** Clients of one address, with fixed credentials and one attempt. */
export function clientsOf(
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
) {
  const config = { endpoint, credentials, region: "eu-west-1", maxAttempts: 1 }
  return { kms: new KMSClient(config), secrets: new SecretsManagerClient(config) }
}

/** Makes a key with an alias, where that is possible. */
export async function makeKey(kms: KMSClient, alias: string): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const arn = KeyMetadata?.Arn ?? ""
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }))
  return arn
}

/** The name of the error that a call ends with. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    return error instanceof Error ? error.name : "not an Error"
  }
  return "none"
}

const context = { app: "shop", environment: "production" }
const plaintext = new Uint8Array(16).fill(7)

/** What envseal relies on. Runs against the fake and against moto, so that the fake is no invention of ours. */
export function awsContract(name: string, subject: () => Subject): void {
  const encrypt = (KeyId: string, EncryptionContext: Record<string, string> = context) =>
    subject().kms.send(new EncryptCommand({ KeyId, Plaintext: plaintext, EncryptionContext }))
  const decrypt = (
    CiphertextBlob: Uint8Array | undefined,
    EncryptionContext: Record<string, string>,
    KeyId?: string,
  ) =>
    subject().kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, ...(KeyId ? { KeyId } : {}) }))

  describe(`KMS by ${name}`, () => {
    test("encrypts by ARN and by alias, answers with the key's ARN, and decrypts", async () => {
      const { keyArn, alias } = subject()
      for (const id of [keyArn, alias]) {
        const { CiphertextBlob, KeyId } = await encrypt(id)
        expect(KeyId).toBe(keyArn)
        const answer = await decrypt(CiphertextBlob, context, keyArn)
        expect({ KeyId: answer.KeyId, Plaintext: answer.Plaintext }).toEqual({
          KeyId: keyArn,
          Plaintext: plaintext,
        })
      }
    })

    test("takes the pairs of a context in any order", async () => {
      const { keyArn } = subject()
      const { CiphertextBlob } = await encrypt(keyArn)
      const reordered = { environment: "production", app: "shop" }
      expect((await decrypt(CiphertextBlob, reordered, keyArn)).Plaintext).toEqual(plaintext)
    })

    test.each([
      ["another value", { app: "shop", environment: "staging" }],
      ["a pair too few", { app: "shop" }],
      ["a pair too many", { ...context, tenant: "a" }],
      ["no pair", {}],
      ["a name in another case", { App: "shop", environment: "production" }],
    ])("refuses a context with %s as InvalidCiphertextException", async (_, other) => {
      const { keyArn } = subject()
      const { CiphertextBlob } = await encrypt(keyArn)
      expect(await errorOf(decrypt(CiphertextBlob, other, keyArn))).toBe("InvalidCiphertextException")
    })

    test("refuses 4,097 bytes as ValidationException, and takes 4,096", async () => {
      const { kms, keyArn } = subject()
      const send = (length: number) =>
        kms.send(new EncryptCommand({ KeyId: keyArn, Plaintext: new Uint8Array(length).fill(1) }))
      expect(await errorOf(send(4097))).toBe("ValidationException")
      expect((await send(4096)).CiphertextBlob?.length).toBeGreaterThan(4096)
    })

    test("does not know other keys and aliases", async () => {
      const { keyArn } = subject()
      const unknown = keyArn.replace(/key\/.*/, "key/00000000-0000-4000-8000-000000000000")
      expect(await errorOf(encrypt(unknown))).toBe("NotFoundException")
      expect(await errorOf(encrypt("alias/none-of-this-name"))).toBe("NotFoundException")
    })

    test("describes a key by its alias", async () => {
      const { kms, keyArn, alias } = subject()
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }))
      expect(KeyMetadata).toMatchObject({
        Arn: keyArn,
        Enabled: true,
        KeyState: "Enabled",
      })
    })
  })

  describe(`Secrets Manager by ${name}`, () => {
    let made = 0
    const make = async (SecretString: string) => {
      const Name = `contract/${name.replaceAll(" ", "-")}-${made++}`
      const { ARN, VersionId } = await subject().secrets.send(new CreateSecretCommand({ Name, SecretString }))
      return { Name, ARN: ARN ?? "", VersionId: VersionId ?? "" }
    }
    const get = (SecretId: string, version: { VersionStage?: string; VersionId?: string } = {}) =>
      subject().secrets.send(new GetSecretValueCommand({ SecretId, ...version }))

    test("gives a secret by name and by ARN, with ARN and version", async () => {
      const { Name, ARN, VersionId } = await make('{"A":"1"}')
      expect(ARN).toMatch(
        new RegExp(`^arn:aws:secretsmanager:eu-west-1:\\d{12}:secret:${Name}-[A-Za-z0-9]{6}$`),
      )
      for (const id of [Name, ARN]) {
        expect(await get(id)).toMatchObject({
          ARN,
          Name,
          VersionId,
          SecretString: '{"A":"1"}',
          VersionStages: ["AWSCURRENT"],
        })
      }
    })

    test("keeps the version before, by stage and by id", async () => {
      const { Name, VersionId: first } = await make("one")
      const { VersionId: second } = await subject().secrets.send(
        new PutSecretValueCommand({ SecretId: Name, SecretString: "two" }),
      )
      expect(second).not.toBe(first)
      expect((await get(Name)).SecretString).toBe("two")
      expect((await get(Name, { VersionStage: "AWSPREVIOUS" })).SecretString).toBe("one")
      expect((await get(Name, { VersionId: first })).SecretString).toBe("one")
    })

    test("says which version is current without its value", async () => {
      const { Name, VersionId } = await make("one")
      const described = await subject().secrets.send(new DescribeSecretCommand({ SecretId: Name }))
      expect(described.VersionIdsToStages).toEqual({ [VersionId]: ["AWSCURRENT"] })
      expect(JSON.stringify(described)).not.toContain("one")
    })

    test("does not know other secrets, stages and versions", async () => {
      const { Name } = await make("one")
      const absent = "00000000-0000-4000-8000-00000000000f"
      expect(await errorOf(get("contract/none-of-this-name"))).toBe("ResourceNotFoundException")
      expect(await errorOf(get(Name, { VersionStage: "NONE" }))).toBe("ResourceNotFoundException")
      expect(await errorOf(get(Name, { VersionId: absent }))).toBe("ResourceNotFoundException")
    })

    const stagesOf = async (SecretId: string) => {
      const { VersionIdsToStages = {} } = await subject().secrets.send(
        new DescribeSecretCommand({ SecretId }),
      )
      return Object.fromEntries(
        Object.entries(VersionIdsToStages).map(([id, stages]) => [id, stages.toSorted()]),
      )
    }
    const draft = async (SecretId: string, SecretString: string, label = "draft") => {
      const command = { SecretId, SecretString, VersionStages: [label] }
      const { VersionId } = await subject().secrets.send(new PutSecretValueCommand(command))
      return VersionId ?? ""
    }
    const move = (SecretId: string, VersionStage: string, from?: string, to?: string) =>
      subject().secrets.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage,
          ...(from === undefined ? {} : { RemoveFromVersionId: from }),
          ...(to === undefined ? {} : { MoveToVersionId: to }),
        }),
      )

    test("keeps a version under a label of its own, which is not current until AWSCURRENT is moved", async () => {
      const { Name, VersionId: first } = await make("one")
      const second = await draft(Name, "two")
      expect((await get(Name)).SecretString).toBe("one")
      expect((await get(Name, { VersionStage: "draft" })).SecretString).toBe("two")
      await move(Name, "AWSCURRENT", first, second)
      expect((await get(Name, { VersionStage: "AWSCURRENT" })).SecretString).toBe("two")
      expect(await stagesOf(Name)).toEqual({ [first]: ["AWSPREVIOUS"], [second]: ["AWSCURRENT", "draft"] })
      await move(Name, "draft", second)
      expect(await stagesOf(Name)).toEqual({ [first]: ["AWSPREVIOUS"], [second]: ["AWSCURRENT"] })
    })

    test("refuses to move AWSCURRENT from a version that no longer has it, and changes nothing", async () => {
      const { Name, VersionId: first } = await make("one")
      const mine = await draft(Name, "mine", "mine")
      const theirs = await draft(Name, "theirs", "theirs")
      await move(Name, "AWSCURRENT", first, theirs)
      const before = await stagesOf(Name)
      expect(await errorOf(move(Name, "AWSCURRENT", first, mine))).toBe("InvalidParameterException")
      expect(await errorOf(move(Name, "AWSCURRENT", undefined, mine))).toBe("InvalidParameterException")
      expect(await stagesOf(Name)).toEqual(before)
      expect((await get(Name, { VersionId: mine })).SecretString).toBe("mine")
    })

    test("makes a first version current, whatever its label, and no second one", async () => {
      const Name = `contract/${name.replaceAll(" ", "-")}-${made++}`
      await subject().secrets.send(new CreateSecretCommand({ Name }))
      const command = { SecretId: Name, SecretString: "one", VersionStages: ["draft"] }
      const { VersionStages = [] } = await subject().secrets.send(new PutSecretValueCommand(command))
      expect(VersionStages.toSorted()).toEqual(["AWSCURRENT", "draft"])
      const second = await draft(Name, "two", "other")
      expect((await stagesOf(Name))[second]).toEqual(["other"])
      expect((await get(Name)).SecretString).toBe("one")
    })

    test("keeps binary secrets apart from text", async () => {
      const Name = `contract/${name.replaceAll(" ", "-")}-binary`
      await subject().secrets.send(new CreateSecretCommand({ Name, SecretBinary: new Uint8Array([0, 1, 2]) }))
      const { SecretBinary, SecretString } = await get(Name)
      expect({ SecretBinary, SecretString }).toEqual({
        SecretBinary: new Uint8Array([0, 1, 2]),
        SecretString: undefined,
      })
    })
  })
}
