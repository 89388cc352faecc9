import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { AwsBuilder } from "../../../src/adapters/aws/builder.ts"
import { AwsLogTail } from "../../../src/adapters/aws/log-tail.ts"
import type { Build } from "../../../src/core/build.ts"
import type { LogLine, LogTail } from "../../../src/ports/builder.ts"
import type { Play } from "../../fake/aws/build-play.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { shopProject, successPlay } from "../../fake/aws/deploy-world.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, settingFor, startAws } from "./setting.ts"

const group = "/aws/codebuild/shop"

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws()
})
afterAll(() => aws.stop())
beforeEach(() => aws.clearFailures())

function tailFor(role = "deployer"): LogTail {
  const { settings, credentials } = settingFor(aws, role)
  return new AwsLogTail(settings, credentials)
}

/** Starts a build that goes so, and lets it go on for some seconds. */
async function built(play: Play, seconds: number): Promise<Build> {
  await aws.setWorld({ projects: [shopProject([play])] })
  const { settings, credentials } = settingFor(aws)
  const build = await new AwsBuilder(settings, credentials).start({
    project: "shop",
    sourceVersion: null,
    variables: {},
    token: crypto.randomUUID(),
  })
  await aws.advance(seconds)
  await aws.clearRequests()
  return build
}

const streamOf = ({ id }: Build) => id.split(":")[1] ?? ""

/** All that there is by now. A page that is empty, with the cursor that was given, is the end. */
async function readAll(tail: LogTail, stream: string): Promise<LogLine[]> {
  const lines: LogLine[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < 20; pages += 1) {
    const page = await tail.read(group, stream, cursor)
    if (page === null) break
    lines.push(...page.lines)
    if (page.lines.length === 0 && page.cursor === cursor) return lines
    cursor = page.cursor
  }
  throw new Error("the log does not end")
}

describe("a log", () => {
  test("is read from its first line to its last, each with its time and without its end", async () => {
    const build = await built(successPlay(), 200)
    const lines = await readAll(tailFor(), streamOf(build))
    expect(lines.map(({ text }) => text)).toEqual((successPlay().lines ?? []).map(({ text }) => text))
    expect(lines.map(({ atMs }) => Math.round((atMs - build.startedAtMs) / 1000))).toEqual([11, 20, 80])
  })

  test("goes on from a cursor, also over pages that are empty", async () => {
    const play = { ...successPlay(), log: { emptyPages: 2 } }
    const stream = streamOf(await built(play, 15))
    const tail = tailFor()
    const first = await readAll(tail, stream)
    await aws.advance(200)
    const all = await readAll(tail, stream)
    expect([first.length, all.length]).toEqual([1, 3])
  })

  test("with several lines in one event has each of them, without their ends", async () => {
    const lines = [{ at: 12, text: "one\r\ntwo\n\nthree\rover\r" }]
    const stream = streamOf(await built({ lines }, 60))
    const read = await readAll(tailFor(), stream)
    expect(read.map(({ text }) => text)).toEqual(["one", "two", "", "three\rover"])
  })

  test("that is not there yet is null", async () => {
    const build = await built(successPlay(), 0)
    expect(await tailFor().read(group, streamOf(build), null)).toBeNull()
    expect(
      await tailFor()
        .read("/aws/codebuild/other", "x", null)
        .catch(() => "denied"),
    ).toBe("denied")
  })

  test.each(["group", "stream"] as const)("whose %s is never there is null", async (missing) => {
    const stream = streamOf(await built({ ...successPlay(), log: { missing } }, 200))
    expect(await tailFor().read(group, stream, null)).toBeNull()
  })

  test.each([
    ["throttle", "THROTTLED"],
    ["unavailable", "REMOTE_FAILED"],
    ["reset", "REMOTE_FAILED"],
  ] as const)("that meets a %s ends with %s after one request", async (failure, code) => {
    const stream = streamOf(await built(successPlay(), 60))
    await aws.fail({ service: "logs", with: failure })
    expect((await failureOf(() => tailFor().read(group, stream, null))).code).toBe(code)
    expect(await asked(aws)).toEqual(["logs:GetLogEvents"])
  })

  test("that is not for this role is denied, and the hint is the permission", async () => {
    const stream = streamOf(await built(successPlay(), 60))
    const { code, hint } = await failureOf(() => tailFor("nobody").read(group, stream, null))
    expect(code).toBe("ACCESS_DENIED")
    expect(hint).toContain('"Action":"logs:GetLogEvents"')
    expect(hint).toContain(":log-group:/aws/codebuild/shop")
  })
})
