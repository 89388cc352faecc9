import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { AwsAccountService } from "../../../src/adapters/aws/account.ts"
import type { AwsSettings } from "../../../src/adapters/aws/settings.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { credentialsOf } from "../../fake/aws/sdk.ts"
import { account, roleArn } from "../../fake/aws/world.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, settingFor, startAws } from "./setting.ts"

let aws: FakeAws
let folder: string
beforeAll(async () => {
  aws = await startAws()
  folder = mkdtempSync(join(tmpdir(), "envseal-account-"))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await aws.stop()
})
beforeEach(async () => {
  await aws.clearFailures()
  await aws.clearRequests()
})

function serviceFor(role: string, part: Partial<AwsSettings> = {}): AwsAccountService {
  const { settings, credentials } = settingFor(aws, role, part)
  return new AwsAccountService(settings, credentials)
}

const arnOf = (role: string) => `arn:aws:sts::${account}:assumed-role/${role}/static`

test.each(["deployer", "nobody"])("%s needs no permission to learn who it is", async (role) => {
  expect(await serviceFor(role).whoAmI()).toEqual({ account, arn: arnOf(role) })
  expect(await asked(aws)).toEqual(["sts:GetCallerIdentity"])
})

test("the Region of the settings is asked, and not that of the environment", async () => {
  await serviceFor("deployer", { region: "eu-central-1" }).whoAmI()
  expect(await aws.requests()).toMatchObject([{ region: "eu-central-1" }])
})

test("credentials that have expired are told, after one request", async () => {
  const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(aws, "deployer", { expired: true })
  const environment = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  }
  const { code } = await failureOf(() => serviceFor("deployer", { environment }).whoAmI())
  expect(code).toBe("CREDENTIALS_REFUSED")
  expect(await asked(aws)).toHaveLength(1)
})

test("throttling without end is told as throttling", async () => {
  await aws.fail({ service: "sts", with: "throttle" })
  const { code } = await failureOf(() => serviceFor("deployer", { remainingMs: () => 800 }).whoAmI())
  expect(code).toBe("THROTTLED")
})

/** Writes profiles for two roles, and lets the process find them. */
function writeProfiles(): string {
  const profiles = ["deployer", "nobody"].map((role) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(aws, role)
    return `[profile ${role}]
region = eu-central-1
aws_access_key_id = ${accessKeyId}
aws_secret_access_key = ${secretAccessKey}
aws_session_token = ${sessionToken}
`
  })
  const path = join(folder, "config")
  writeFileSync(path, profiles.join(""))
  process.env["AWS_CONFIG_FILE"] = path
  return path
}

test("the Region of the settings' profile is asked when none is set", async () => {
  const path = writeProfiles()
  const environment = { AWS_CONFIG_FILE: path }
  await serviceFor("deployer", { environment, region: null, profile: "nobody" }).whoAmI()
  expect(await aws.requests()).toMatchObject([{ region: "eu-central-1", principal: roleArn("nobody") }])
})

test("the Region of the settings' profile does not count where the environment gives credentials", async () => {
  const path = writeProfiles()
  const { settings } = settingFor(aws, "deployer")
  const environment = { ...settings.environment, AWS_REGION: "eu-west-2", AWS_CONFIG_FILE: path }
  await serviceFor("deployer", { environment, region: null, profile: "nobody" }).whoAmI()
  expect(await aws.requests()).toMatchObject([{ region: "eu-west-2", principal: roleArn("deployer") }])
})

test("a profile that is not there is named, and no other credentials step in", async () => {
  const environment = { AWS_CONFIG_FILE: writeProfiles() }
  const { code, message, hint } = await failureOf(() =>
    serviceFor("deployer", { environment, profile: "gone" }).whoAmI(),
  )
  expect(code).toBe("NO_CREDENTIALS")
  expect(message).toContain("profile gone")
  expect(hint).toContain("--profile gone")
  expect(await asked(aws)).toEqual([])
})

test("a profile whose SSO session has ended gets the command that logs in again", async () => {
  const path = join(folder, "sso-config")
  writeFileSync(
    path,
    "[profile sso]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = x\n[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n",
  )
  process.env["AWS_CONFIG_FILE"] = path
  const environment = { AWS_CONFIG_FILE: path }
  const { code, hint } = await failureOf(() =>
    serviceFor("deployer", { environment, profile: "sso" }).whoAmI(),
  )
  expect(code).toBe("NO_CREDENTIALS")
  expect(hint).toBe("log in again: aws sso login --profile sso")
})
