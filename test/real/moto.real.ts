import { DecryptCommand, DisableKeyCommand, EncryptCommand } from "@aws-sdk/client-kms"
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { awsContract, clientsOf, errorOf, makeKey, type Subject } from "../contract/aws.ts"
import { sandbox } from "../script/harness.ts"
import { type Moto, startMoto } from "./moto.ts"

const credentials = { accessKeyId: "testing", secretAccessKey: "testing" }
const alias = "alias/envseal-production"

let moto: Moto
let subject: Subject
beforeAll(async () => {
  moto = await startMoto()
  const clients = clientsOf(moto.url, credentials)
  subject = { ...clients, alias, keyArn: await makeKey(clients.kms, alias) }
})
afterAll(() => moto.stop())

awsContract("moto", () => subject)

test("a secret in moto is sealed under its KMS and opens to the same values", async () => {
  const secret = { APP_KEY: "base64:abc=", DB_PASSWORD: 'it\'s $5 "today"', MULTI: "a\nb" }
  await subject.secrets.send(
    new CreateSecretCommand({ Name: "shop/production", SecretString: JSON.stringify(secret) }),
  )
  const box = sandbox()
  const env = {
    AWS_ENDPOINT_URL: moto.url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
  }
  const context = "app=shop,environment=production"
  const args = ["--from", "aws-sm:shop/production", "--recipient", `aws-kms:${alias}`, "--context", context]
  expect(await box.envseal(["seal", "-q", ...args], { env })).toMatchObject({ status: 0, stderr: "" })
  const show =
    "process.stdout.write(JSON.stringify([process.env.APP_KEY, process.env.DB_PASSWORD, process.env.MULTI]))"
  const command = ["--env", "--", process.execPath, "-e", show]
  const opened = await box.envseal(["open", "--expect", context, "--kms-key", subject.keyArn, ...command], {
    env,
  })
  expect(opened).toMatchObject({ status: 0, stderr: "" })
  expect(JSON.parse(opened.stdout)).toEqual(Object.values(secret))
  const elsewhere = await box.envseal(["open", "--stdout", "--expect", "app=shop,environment=staging"], {
    env,
  })
  expect(elsewhere).toMatchObject({ status: 6, stdout: "" })
})

/** Where moto is no measure. Each is what AWS documents otherwise, and what the fake does as AWS. */
describe("moto differs from AWS, and so from the fake", () => {
  const encrypt = (EncryptionContext: Record<string, string>) =>
    subject.kms.send(
      new EncryptCommand({ KeyId: subject.keyArn, Plaintext: new Uint8Array(16), EncryptionContext }),
    )
  const decrypt = (
    CiphertextBlob: Uint8Array | undefined,
    EncryptionContext: Record<string, string>,
    KeyId: string,
  ) => subject.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext, KeyId }))

  test("in taking a context whose names and values run together to the same text", async () => {
    const { CiphertextBlob } = await encrypt({ app: "x", env: "prod" })
    expect(await errorOf(decrypt(CiphertextBlob, { appx: "envprod" }, subject.keyArn))).toBe("none")
  })

  test("in answering another KeyId with AccessDeniedException, not IncorrectKeyException", async () => {
    const other = await makeKey(subject.kms, "alias/other")
    const { CiphertextBlob } = await encrypt({ app: "x" })
    expect(await errorOf(decrypt(CiphertextBlob, { app: "x" }, other))).toBe("AccessDeniedException")
  })

  test("in answering a blob of no key with AccessDeniedException, not InvalidCiphertextException", async () => {
    expect(await errorOf(decrypt(new Uint8Array(200).fill(1), {}, subject.keyArn))).toBe(
      "AccessDeniedException",
    )
  })

  test("in decrypting with a disabled key", async () => {
    const disabled = await makeKey(subject.kms, "alias/disabled")
    const { CiphertextBlob } = await subject.kms.send(
      new EncryptCommand({ KeyId: disabled, Plaintext: new Uint8Array(16) }),
    )
    await subject.kms.send(new DisableKeyCommand({ KeyId: disabled.split("/")[1] }))
    expect(await errorOf(decrypt(CiphertextBlob, {}, disabled))).toBe("none")
  })

  test("in the status of a secret that is not there: 404, not 400", async () => {
    const failed = await subject.secrets
      .send(new GetSecretValueCommand({ SecretId: "none" }))
      .catch((error) => error)
    expect(failed.$metadata.httpStatusCode).toBe(404)
  })

  test("in keeping a secret of more than 65,536 bytes", async () => {
    const SecretString = "x".repeat(70_000)
    expect(
      await errorOf(subject.secrets.send(new CreateSecretCommand({ Name: "large", SecretString }))),
    ).toBe("none")
  })

  test("in giving the version written before, for no label, once AWSCURRENT was moved", async () => {
    const { secrets } = subject
    const { VersionId: first } = await secrets.send(
      new CreateSecretCommand({ Name: "moved", SecretString: "one" }),
    )
    const { VersionId: second } = await secrets.send(
      new PutSecretValueCommand({ SecretId: "moved", SecretString: "two", VersionStages: ["draft"] }),
    )
    const move = { SecretId: "moved", VersionStage: "AWSCURRENT", RemoveFromVersionId: first }
    await secrets.send(new UpdateSecretVersionStageCommand({ ...move, MoveToVersionId: second }))
    const get = (version: object) =>
      secrets.send(new GetSecretValueCommand({ SecretId: "moved", ...version }))
    expect((await get({})).SecretString).toBe("one")
    expect((await get({ VersionStage: "AWSCURRENT" })).SecretString).toBe("two")
  })

  test("in taking AWSCURRENT away before it sees that there is no version to move it to", async () => {
    const { secrets } = subject
    const { VersionId: first } = await secrets.send(
      new CreateSecretCommand({ Name: "torn", SecretString: "one" }),
    )
    const move = { SecretId: "torn", VersionStage: "AWSCURRENT", RemoveFromVersionId: first }
    const none = "00000000-0000-4000-8000-00000000000f"
    await errorOf(secrets.send(new UpdateSecretVersionStageCommand({ ...move, MoveToVersionId: none })))
    const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId: "torn" }))
    expect(Object.values(VersionIdsToStages ?? {}).flat()).not.toContain("AWSCURRENT")
  })

  test("in looking at no signature", async () => {
    const { kms } = clientsOf(moto.url, { accessKeyId: "nobody", secretAccessKey: "nothing" })
    expect(
      await errorOf(kms.send(new EncryptCommand({ KeyId: subject.keyArn, Plaintext: new Uint8Array(1) }))),
    ).toBe("none")
  })
})
