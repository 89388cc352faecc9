import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { profileCredentials } from "../../../src/adapters/aws/profile.ts"

const folder = mkdtempSync(join(tmpdir(), "envseal-profile-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string) => join(folder, name)

beforeEach(() => {
  vi.stubEnv("AWS_CONFIG_FILE", path("config"))
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", path("credentials"))
  writeFileSync(path("credentials"), "")
})
afterEach(() => vi.unstubAllEnvs())

function credentialsOf(config: string, environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(path("config"), config)
  const settings = {
    environment: { PATH: process.env["PATH"], ...environment },
    profile: null,
    region: "eu-west-1",
    allowInstanceRole: false,
    log: { warn: () => undefined, debug: () => undefined },
    activity: { begin: () => undefined, failed: () => undefined },
    remainingMs: () => 1_000,
  }
  return profileCredentials("app", settings)
}

test("a credential_process gets the variables of envseal, and no identity that opens an envelope", async () => {
  writeFileSync(
    path("print.sh"),
    `env > "${path("env")}"; echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"B"}'`,
  )
  const identities = {
    ENVSEAL_IDENTITY: "AGE-SECRET-KEY-1X",
    ENVSEAL_IDENTITY_FILE: "/key.txt",
    envseal_identity: "AGE-SECRET-KEY-1Y",
  }
  for (const [name, value] of Object.entries(identities)) vi.stubEnv(name, value)
  const config = `[profile app]\ncredential_process = sh ${path("print.sh")}\n`
  const identity = await credentialsOf(config, { ...identities, TEAM: "shop" })
  expect(identity).toMatchObject({ accessKeyId: "A", secretAccessKey: "B" })
  const variables = readFileSync(path("env"), "utf8")
  expect(variables).toContain("TEAM=shop\n")
  expect(variables).not.toMatch(/ENVSEAL_IDENTITY|AGE-SECRET-KEY/i)
})

describe("the instance's role is refused without --allow-instance-role", () => {
  const role = "role_arn = arn:aws:iam::111122223333:role/app"
  test.each([
    [
      "when the profile takes it",
      `[profile app]\n${role}\ncredential_source = Ec2InstanceMetadata\n`,
      "profile app takes the role of the instance (credential_source)",
    ],
    [
      "when its source profile takes it",
      `[profile app]\n${role}\nsource_profile = base\n[profile base]\n${role}\ncredential_source = Ec2InstanceMetadata\n`,
      "(credential_source of its source profile base)",
    ],
    [
      "when a source profile without a role takes it, at the end of a chain",
      `[profile app]\n${role}\nsource_profile = one\n[profile one]\n${role}\nsource_profile = two\n[profile two]\ncredential_source = Ec2InstanceMetadata\n`,
      "(credential_source of its source profile two)",
    ],
  ])("%s", async (_, config, message) => {
    await expect(credentialsOf(config)).rejects.toMatchObject({
      code: "NO_CREDENTIALS",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("--allow-instance-role"),
    })
  })

  test("when it stands in the file of credentials", async () => {
    writeFileSync(path("credentials"), `[app]\n${role}\ncredential_source = Ec2InstanceMetadata\n`)
    await expect(credentialsOf("")).rejects.toMatchObject({ code: "NO_CREDENTIALS" })
  })
})

test("a chain of profiles that comes back to itself ends with a failure", async () => {
  const role = "role_arn = arn:aws:iam::111122223333:role/app"
  const config = `[profile app]\n${role}\nsource_profile = b\n[profile b]\n${role}\nsource_profile = app\n`
  await expect(credentialsOf(config)).rejects.toThrow()
})
