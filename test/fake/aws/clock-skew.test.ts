import { DescribeKeyCommand } from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { send } from "./http.ts"
import { kmsAs, sdkFailure } from "./sdk.ts"
import { sendSigned } from "./signed.ts"
import { appKey, defaultWorld } from "./world.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterEach(() => aws.setWorld({ clockSkewSeconds: 0 }))
afterAll(() => aws.stop())

function describeKey() {
  return kmsAs(aws, "app").send(new DescribeKeyCommand({ KeyId: appKey }))
}

async function whoAmI(): Promise<string> {
  const body = "Action=GetCallerIdentity&Version=2011-06-15"
  const contentType = "application/x-www-form-urlencoded"
  return (await sendSigned(aws, "app", { service: "sts", contentType, body })).body
}

async function skewOfDate(): Promise<number> {
  const { headers } = await send(`${aws.url}/nothing`)
  return (Date.parse(String(headers["date"])) - Date.now()) / 1000
}

test.each([-3600, 0, 3600])("the Date of an answer is %d seconds off", async (clockSkewSeconds) => {
  await aws.setWorld({ clockSkewSeconds })
  expect(Math.abs((await skewOfDate()) - clockSkewSeconds)).toBeLessThan(60)
})

test("a clock four minutes off is let through", async () => {
  for (const clockSkewSeconds of [-240, 240]) {
    await aws.setWorld({ clockSkewSeconds })
    expect((await describeKey()).KeyMetadata?.Arn).toBe(appKey)
  }
})

test.each([
  [600, "Signature expired", "- 5 min."],
  [-600, "Signature not yet current", "+ 5 min."],
])("a clock %d seconds off is refused by KMS, and not by STS", async (clockSkewSeconds, words, limit) => {
  await aws.setWorld({ clockSkewSeconds })
  const failure = await sdkFailure(describeKey())
  expect(failure).toMatchObject({ name: "InvalidSignatureException", status: 400 })
  expect(failure.message).toContain(words)
  expect(failure.message).toContain(limit)
  expect(await whoAmI()).toContain("<Arn>")
})

test("a clock 20 minutes off is refused by STS too", async () => {
  await aws.setWorld({ clockSkewSeconds: 1200 })
  const body = await whoAmI()
  expect(body).toContain("<Code>SignatureDoesNotMatch</Code>")
  expect(body).toContain("- 15 min.")
})

test("a skew that is no number is no world", async () => {
  await expect(aws.setWorld({ ...defaultWorld, clockSkewSeconds: "1" as unknown as number })).rejects.toThrow(
    "clockSkewSeconds",
  )
})
