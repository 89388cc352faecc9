import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { AwsBuilder } from "../../../src/adapters/aws/builder.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { environmentFor } from "../../fake/aws/environment.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, type Setting, settingFor, startAws } from "./setting.ts"

const minuteMs = 60_000

let aws: FakeAws
let nowMs: number
beforeAll(async () => {
  aws = await startAws()
})
afterAll(() => aws.stop())
beforeEach(async () => {
  nowMs = Date.now()
  await aws.clearFailures()
  await aws.setWorld({ sessionSeconds: 3600 })
  await aws.clearRequests()
})

/** Credentials of a container's agent, by a clock that the test sets. */
function containerSetting(): Setting {
  const environment = environmentFor(aws, { via: "container", role: "deployer", folder: "/nonexistent" })
  return settingFor(aws, "deployer", { environment }, () => nowMs)
}

async function askedAgent(): Promise<number> {
  return (await asked(aws)).filter((request) => request.startsWith("agent:")).length
}

const down = { service: "agent", with: { status: 403, code: "AccessDenied", message: "gone" } } as const

describe("credentials that end at a known time", () => {
  test("are asked for once while they are good", async () => {
    const { credentials } = containerSetting()
    const first = await credentials.load()
    nowMs += 54 * minuteMs
    expect(await credentials.load()).toBe(first)
    expect(await askedAgent()).toBe(1)
  })

  test("are asked for again within five minutes of their end, once for all who wait", async () => {
    const { credentials } = containerSetting()
    const first = await credentials.load()
    nowMs += 56 * minuteMs
    const [second, third] = await Promise.all([credentials.load(), credentials.load()])
    expect(second).not.toBe(first)
    expect(third).toBe(second)
    expect(await askedAgent()).toBe(2)
  })

  test("are asked for once by a process that runs for a minute, however soon they end", async () => {
    await aws.setWorld({ sessionSeconds: 120 })
    const { credentials } = containerSetting()
    const first = await credentials.load()
    nowMs += minuteMs - 1
    expect(await credentials.load()).toBe(first)
    expect(await credentials.load(first)).toBe(first)
    expect(await askedAgent()).toBe(1)
  })

  test("are kept while they are good when there are no new ones yet, and asked for a minute later again", async () => {
    const { credentials, said } = containerSetting()
    const first = await credentials.load()
    await aws.fail(down)
    nowMs += 56 * minuteMs
    expect(await credentials.load()).toBe(first)
    expect(await credentials.load()).toBe(first)
    expect(await askedAgent()).toBe(2)
    expect(said.join("\n")).toContain("no new ones yet")
    await aws.clearFailures()
    nowMs += minuteMs
    expect(await credentials.load()).not.toBe(first)
  })

  test("fail when they have ended and there are no new ones, and are found once there are", async () => {
    const { credentials } = containerSetting()
    const first = await credentials.load()
    await aws.fail(down)
    nowMs += 61 * minuteMs
    expect((await failureOf(() => credentials.load())).code).toBe("ACCESS_DENIED")
    await aws.clearFailures()
    expect(await credentials.load()).not.toBe(first)
  })
})

test("credentials of which none can be had are asked for once", async () => {
  await aws.fail(down)
  const { credentials } = containerSetting()
  expect((await failureOf(() => credentials.load())).code).toBe("ACCESS_DENIED")
  expect((await failureOf(() => credentials.load())).code).toBe("ACCESS_DENIED")
  expect(await askedAgent()).toBe(1)
})

describe("a request that is refused because the credentials have expired", () => {
  const expired = {
    service: "codebuild",
    with: { status: 403, code: "ExpiredTokenException", message: "The security token is expired" },
  } as const

  test("is made once more with new ones", async () => {
    const { settings, credentials } = containerSetting()
    const builder = new AwsBuilder(settings, credentials)
    await credentials.load()
    nowMs += 2 * minuteMs
    // The fake writes whole seconds: others are given in another second only.
    await aws.setWorld({ sessionSeconds: 3000 })
    await aws.fail({ ...expired, times: 1 })
    expect(await builder.project("shop")).not.toBeNull()
    expect((await asked(aws)).slice(1)).toEqual([
      "codebuild:BatchGetProjects",
      "agent:GetContainerCredentials",
      "codebuild:BatchGetProjects",
    ])
  })

  test("and once more only, when the new ones are refused too", async () => {
    const { settings, credentials } = containerSetting()
    await credentials.load()
    nowMs += 2 * minuteMs
    await aws.setWorld({ sessionSeconds: 3000 })
    await aws.fail(expired)
    const { code } = await failureOf(() => new AwsBuilder(settings, credentials).project("shop"))
    expect(code).toBe("CREDENTIALS_REFUSED")
    expect((await asked(aws)).filter((request) => request.startsWith("codebuild:"))).toHaveLength(2)
  })

  test("is not repeated with the same ones", async () => {
    await aws.fail(expired)
    const { settings, credentials } = settingFor(aws, "deployer", {}, () => nowMs)
    await credentials.load()
    nowMs += 2 * minuteMs
    const { code, hint } = await failureOf(() => new AwsBuilder(settings, credentials).project("shop"))
    expect(code).toBe("CREDENTIALS_REFUSED")
    expect(hint).toBe("they have expired: get new ones")
    expect(await asked(aws)).toEqual(["codebuild:BatchGetProjects"])
  })
})
