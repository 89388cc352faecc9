import { GetLogEventsCommand, type GetLogEventsRequest } from "@aws-sdk/client-cloudwatch-logs"
import { BatchGetBuildsCommand, type Build, StartBuildCommand } from "@aws-sdk/client-codebuild"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import type { Play } from "./build-play.ts"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld, shopProject } from "./deploy-world.ts"
import type { Project } from "./project.ts"
import { codeBuildAs, logsAs, sdkFailure } from "./sdk.ts"
import { sendSigned } from "./signed.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws({ ...deployWorld, buildClock: { stepSeconds: 0 } })
})
beforeEach(async () => {
  await aws.clearRequests()
})
afterAll(() => aws.stop())

const lines = [
  { at: 12, text: "one" },
  { at: 12.5, text: "two \u001b[31m" },
  { at: 100, text: "three" },
]
// A project of its own: a group that is there once stays there.
let projects = 0

async function startBuild(play: Play, part: Partial<Project> = {}): Promise<Build> {
  const name = `shop${++projects}`
  const role = { name: "deployer", mechanisms: ["static"], policies: [everything] } as const
  await aws.setWorld({ projects: [shopProject([play], { name, ...part })], roles: [role] })
  const { build = {} } = await codeBuildAs(aws, "deployer").send(new StartBuildCommand({ projectName: name }))
  return build
}
const everything = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
} as const

async function logsOf({ id = "" }: Build): Promise<NonNullable<Build["logs"]>> {
  const { builds = [] } = await codeBuildAs(aws, "deployer").send(new BatchGetBuildsCommand({ ids: [id] }))
  return builds[0]?.logs ?? {}
}

const read = (request: Partial<GetLogEventsRequest>) =>
  logsAs(aws, "deployer").send(
    new GetLogEventsCommand({ logStreamName: "x", startFromHead: true, ...request }),
  )

const streamOf = ({ id = "" }: Build) => {
  const [name, stream] = id.split(":")
  return { logGroupName: `/aws/codebuild/${name}`, logStreamName: stream ?? "" }
}

describe("the log of a build", () => {
  test("has no name and is not there until the build is provisioned", async () => {
    const build = await startBuild({ lines })
    const { groupName, streamName, ...logs } = await logsOf(build)
    expect([groupName, streamName]).toEqual([undefined, undefined])
    expect(logs).toMatchObject({
      cloudWatchLogsArn: "arn:aws:logs:eu-west-1:111122223333:log-group:null:log-stream:null",
      cloudWatchLogs: { status: "ENABLED" },
      s3Logs: { status: "DISABLED" },
    })
    expect(await sdkFailure(read(streamOf(build)))).toEqual({
      ...{
        name: "ResourceNotFoundException",
        status: 400,
        message: "The specified log group does not exist.",
      },
    })
    await aws.advance(1)
    const { logGroupName, logStreamName } = streamOf(build)
    expect(await logsOf(build)).toMatchObject({
      groupName: logGroupName,
      streamName: logStreamName,
      cloudWatchLogsArn: `arn:aws:logs:eu-west-1:111122223333:log-group:${logGroupName}:log-stream:${logStreamName}`,
    })
    expect((await read(streamOf(build))).events).toEqual([])
  })

  test("has its lines as the clock of the builds comes to them, also after the end", async () => {
    const build = await startBuild({ lines })
    await aws.advance(12.4)
    const first = await read(streamOf(build))
    expect(first.events).toEqual([
      {
        timestamp: (build.startTime?.getTime() ?? 0) + 12_000,
        ingestionTime: (build.startTime?.getTime() ?? 0) + 12_000,
        message: "one\n",
      },
    ])
    await aws.advance(100)
    const rest = await read({ ...streamOf(build), nextToken: first.nextForwardToken })
    expect(rest.events?.map(({ message }) => message)).toEqual(["two \u001b[31m\n", "three\n"])
    const end = await read({ ...streamOf(build), nextToken: rest.nextForwardToken })
    expect([end.events, end.nextForwardToken]).toEqual([[], rest.nextForwardToken])
  })

  test("has empty pages, a limit and the last lines first, when these are asked for", async () => {
    const build = await startBuild({ lines, log: { emptyPages: 1 } })
    await aws.advance(200)
    const empty = await read(streamOf(build))
    expect(empty.events).toEqual([])
    const page = await read({ ...streamOf(build), nextToken: empty.nextForwardToken, limit: 2 })
    expect(page.events).toHaveLength(2)
    const last = await read({ ...streamOf(build), startFromHead: false, limit: 1 })
    expect(last.events?.map(({ message }) => message)).toEqual(["three\n"])
  })

  test("has the name that the project gives it", async () => {
    const cloudWatchLogs = { status: "ENABLED", groupName: "builds", streamName: "shop" } as const
    const build = await startBuild({ lines }, { logsConfig: { cloudWatchLogs } })
    await aws.advance(20)
    const { logStreamName } = streamOf(build)
    expect(await logsOf(build)).toMatchObject({ groupName: "builds", streamName: `shop/${logStreamName}` })
    const { events } = await read({ logGroupName: "builds", logStreamName: `shop/${logStreamName}` })
    expect(events).toHaveLength(2)
  })

  test("can be named before it is there", async () => {
    const build = await startBuild({ log: { namedEarly: true } })
    expect((await logsOf(build)).groupName).toBe(streamOf(build).logGroupName)
    expect((await sdkFailure(read(streamOf(build)))).name).toBe("ResourceNotFoundException")
  })

  test.each([
    ["group", "The specified log group does not exist."],
    ["stream", "The specified log stream does not exist."],
  ] as const)("can lack its %s for ever, though it is named", async (missing, message) => {
    const build = await startBuild({ lines, log: { missing } })
    await aws.advance(200)
    expect((await logsOf(build)).groupName).toBe(streamOf(build).logGroupName)
    expect((await sdkFailure(read(streamOf(build)))).message).toBe(message)
  })

  test("can be in S3 alone", async () => {
    const build = await startBuild(
      { lines },
      {
        logsConfig: {
          cloudWatchLogs: { status: "DISABLED" },
          s3Logs: { status: "ENABLED", location: "bucket/logs" },
        },
      },
    )
    await aws.advance(200)
    const logs = await logsOf(build)
    expect(logs).toMatchObject({
      cloudWatchLogs: { status: "DISABLED" },
      s3Logs: { status: "ENABLED" },
      s3LogsArn: `arn:aws:s3:::bucket/logs/${streamOf(build).logStreamName}.gz`,
    })
    expect([logs.groupName, logs.cloudWatchLogsArn]).toEqual([undefined, undefined])
    expect((await sdkFailure(read(streamOf(build)))).name).toBe("ResourceNotFoundException")
  })

  test("can be nowhere", async () => {
    const disabled = { status: "DISABLED" } as const
    const build = await startBuild({}, { logsConfig: { cloudWatchLogs: disabled, s3Logs: disabled } })
    await aws.advance(200)
    expect(Object.keys(await logsOf(build)).sort()).toEqual(["cloudWatchLogs", "s3Logs"])
  })

  test("is not there when the build ends before it has a machine", async () => {
    const build = await startBuild({ failure: { phase: "QUEUED", status: "TIMED_OUT" } })
    await aws.advance(200)
    expect((await logsOf(build)).groupName).toBeUndefined()
  })

  test("has no line after the build was stopped", async () => {
    const build = await startBuild({ lines })
    await aws.advance(50)
    const target = "CodeBuild_20161006.StopBuild"
    const body = JSON.stringify({ id: build.id })
    await sendSigned(aws, "deployer", { service: "codebuild", target, body })
    await aws.advance(200)
    expect((await read(streamOf(build))).events).toHaveLength(2)
  })
})

describe("CloudWatch Logs refuses", () => {
  test("who has no permission for that stream, by its ARN", async () => {
    const build = await startBuild({})
    await aws.setWorld({ roles: deployWorld.roles })
    expect(await sdkFailure(read(streamOf(build)))).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        `logs:GetLogEvents on resource: arn:aws:logs:eu-west-1:111122223333:log-group:${streamOf(build).logGroupName}:log-stream:${streamOf(build).logStreamName} because`,
      ),
    })
    expect((await sdkFailure(read({ logGroupName: "/aws/codebuild/shop" }))).name).toBe(
      "ResourceNotFoundException",
    )
  })

  test("to unmask for who may only read", async () => {
    await aws.setWorld({ roles: deployWorld.roles })
    const failure = await sdkFailure(read({ logGroupName: "/aws/codebuild/shop", unmask: true }))
    expect(failure.message).toContain(
      "logs:Unmask on resource: arn:aws:logs:eu-west-1:111122223333:log-group:/aws/codebuild/shop ",
    )
  })

  test.each<[string, Partial<GetLogEventsRequest>, string]>([
    ["a limit of nothing", { logGroupName: "a", limit: 0 }, "InvalidParameterException"],
    ["a limit that is too high", { logGroupName: "a", limit: 10_001 }, "InvalidParameterException"],
    ["no group", {}, "InvalidParameterException"],
    ["a group that cannot be", { logGroupName: "a b" }, "InvalidParameterException"],
    ["a stream that cannot be", { logGroupName: "a", logStreamName: "a:b" }, "InvalidParameterException"],
    ["a span of time", { logGroupName: "a", startTime: 1 }, "ValidationException"],
  ])("%s", async (_, request, name) => {
    expect((await sdkFailure(read(request))).name).toBe(name)
  })

  test("a member that it does not have, and a signature for another service", async () => {
    const target = "Logs_20140328.GetLogEvents"
    const ask = async (service: string, body: object) =>
      (await sendSigned(aws, "deployer", { service, target, body: JSON.stringify(body) })).body
    expect(await ask("logs", { logGroup: "a" })).toContain("SerializationException")
    expect(await ask("codebuild", {})).toContain("InvalidSignatureException")
  })
})

test("the log says who read", async () => {
  await sdkFailure(read({ logGroupName: "none" }))
  expect(await aws.requests()).toMatchObject([{ service: "logs", operation: "GetLogEvents" }])
})
