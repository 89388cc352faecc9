import { afterAll, beforeAll, expect, test } from "vitest"
import { AwsSecretWriter } from "../../../src/adapters/aws/secret-writer.ts"
import { makePolicy } from "../../../src/setup/core/policy.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { defaultWorld, withSecret } from "../../fake/aws/world.ts"
import { asked, secretArn, settingFor, startAws } from "./setting.ts"

const policy = makePolicy("editor", {
  ...{ context: {}, kmsKeys: [], secrets: [secretArn], secretKeys: [], project: null, repository: null },
  ...{ cluster: null, buildRole: null, podRole: null },
})

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws({ roles: [{ name: "editor", policies: [policy], mechanisms: ["static"] }] })
})
afterAll(() => aws.stop())

test("all versions of a secret are listed, also those behind the first page, such as the current one", async () => {
  const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`
  const versions = Array.from({ length: 230 }, (_, at) => ({
    id: idOf(at),
    stages: at === 0 ? ["AWSCURRENT"] : [],
    string: "{}",
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString(),
  }))
  const { roles } = await aws.world()
  await aws.setWorld(withSecret({ ...defaultWorld, roles }, "shop/production", { versions }))
  await aws.clearRequests()
  const { settings, credentials } = settingFor(aws, "editor")
  const found = await new AwsSecretWriter(settings, credentials).versions(secretArn)
  expect(found).toHaveLength(230)
  expect(found.at(-1)).toMatchObject({ versionId: idOf(0), labels: ["AWSCURRENT"] })
  expect(await asked(aws)).toEqual(Array.from({ length: 3 }, () => "secretsmanager:ListSecretVersionIds"))
})
